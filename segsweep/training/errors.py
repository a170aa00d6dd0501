"""Sentences about devices."""

from pathlib import Path

from segsweep.core.errors import ConfigError, Pruned, TrainingError


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


def pruned(epoch: int, metric: str, value: float) -> Pruned:
    """A pruner stopped the run."""
    return Pruned(f"pruned after epoch {epoch}: {metric} {value:.4g}")


def loss_not_finite(batch: int, cause: str) -> TrainingError:
    """The loss became NaN or infinite."""
    return TrainingError(f"The loss is not finite since training batch {batch}. {cause}")


def processes_died(folder: Path, exit_code: int) -> TrainingError:
    """The processes of a run on several devices ended without a record."""
    return TrainingError(
        f"The processes of {folder.name} died (exit code {exit_code}) before they could say why; "
        f"see {folder}/train.log. The same command goes on after the last finished epoch."
    )


def out_of_memory(stage: str, images: int, size: str, pair: str, cause: str, advice: str) -> TrainingError:
    """Memory runs out with the fewest images at a time that the network takes."""
    return TrainingError(
        f"Out of memory in {stage} with {images} image{'s' if images > 1 else ''} of {size} at a time, the fewest "
        f"that go, with {pair} ({cause}). Try {advice}."
    )


def out_of_memory_at_start(pair: str, cause: str) -> TrainingError:
    """Memory runs out before the first image."""
    return TrainingError(
        f"Out of memory before the first image, with {pair} ({cause}). Try a smaller encoder=NAME, or a machine on "
        "which less is running: smaller batches would not help"
    )
