"""Sentences about devices."""

from segsweep.errors.base import ConfigError


def no_cuda() -> ConfigError:
    """CUDA was asked for and there is none."""
    return ConfigError(
        "hardware.accelerator=cuda, but torch sees no CUDA device. Train on the CPU with hardware.accelerator=cpu, "
        "or see what torch says: python -c 'import torch; print(torch.version.cuda, torch.cuda.is_available())'"
    )


def too_few_devices(asked: int, found: int) -> ConfigError:
    """More devices were asked for than there are."""
    return ConfigError(f"hardware.devices={asked}, but there are {found}. Try hardware.devices={found}")


def batch_not_divisible(batch_size: int, num_devices: int) -> ConfigError:
    """The batch cannot be shared equally."""
    nearest = max(1, round(batch_size / num_devices)) * num_devices
    return ConfigError(
        f"trainer.batch_size={batch_size} cannot be shared equally among {num_devices} devices. "
        f"Try trainer.batch_size={nearest}"
    )
