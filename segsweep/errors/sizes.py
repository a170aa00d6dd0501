"""Sentences about image and batch sizes."""

from segsweep.errors.base import ConfigError

Size = tuple[int, int]


def training_size(pair: str, found: Size, needs: str, fit: Size, option: str | None) -> ConfigError:
    """The training size does not fit the architecture."""
    fix = f"resolution.height={fit[0]} resolution.width={fit[1]}"
    return ConfigError(
        f"resolution.height={found[0]} resolution.width={found[1]} does not go with {pair}: height and width "
        f"must be {needs}. Nearest: {fix}" + (f", which is resolution={option}" if option else "")
    )


def eval_size(pair: str, found: Size, needs: str, fit: Size) -> ConfigError:
    """The evaluation size does not fit the architecture."""
    return ConfigError(
        f"resolution.eval_size={found[0]}x{found[1]} does not go with {pair}: height and width must be {needs}. "
        f"Nearest: resolution.eval_size={fit[0]}x{fit[1]}"
    )


def eval_size_form(found: str) -> ConfigError:
    """The evaluation size cannot be read."""
    return ConfigError(
        f"resolution.eval_size={found} is not a size. It may be same (as in training), native (as stored), "
        f"or HEIGHTxWIDTH, such as resolution.eval_size=512x512"
    )


def unshared_batch(batch: int, devices: int) -> ConfigError:
    """The devices cannot have the same number of images each."""
    fit = devices * max(1, round(batch / devices))
    return ConfigError(
        f"trainer.batch_size={batch} cannot be shared by hardware.devices={devices}: it counts the images of all "
        f"devices together and must be a multiple of {devices}. Nearest: trainer.batch_size={fit}"
    )


def batch_of_one(arch: str, batch: int, devices: int) -> ConfigError:
    """The architecture cannot train on one image at a time."""
    return ConfigError(
        f"model={arch} cannot train on one image at a time (trainer.batch_size={batch}, hardware.devices={devices}): "
        f"it normalises over a feature map of one pixel. Type trainer.batch_size={2 * devices}, "
        f"with trainer.accumulate_batches for larger steps, or model=unet"
    )
