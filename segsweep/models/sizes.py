"""Which image and batch sizes an architecture takes."""

from segsweep.config.options import conf_dir
from segsweep.core.errors import ConfigError
from segsweep.data.sizes import eval_size_px
from segsweep.data.spec import ResolutionConfig
from segsweep.models.pairs import TIMM_PREFIX
from segsweep.models.spec import ARCHITECTURES, EncoderConfig, ModelConfig, deepest_stride


def size_multiple(model: ModelConfig, encoder: EncoderConfig) -> int:
    """Return the number that height and width must be multiples of, in px; 1 if any size goes."""
    row = ARCHITECTURES[model.arch]
    if row.multiple is not None:
        return row.multiple
    return 1 if row.any_size and not encoder.name.startswith(TIMM_PREFIX) else deepest_stride(model)


def check_sizes(model: ModelConfig, encoder: EncoderConfig, resolution: ResolutionConfig) -> None:
    """Check the sizes in training and evaluation against the architecture.

    Raises:
        ConfigError: With the nearest size that goes.
    """
    multiple, least = size_multiple(model, encoder), least_px(model, encoder)
    pair = f"model={model.arch}" + (f" and encoder={encoder.name}" if ARCHITECTURES[model.arch].has_encoder else "")
    needs = f"multiples of {multiple}" + (f", {least} or more" if least > 1 else "")
    trained_px = resolution.height, resolution.width
    fit = nearest_size(trained_px, multiple, least)
    if fit != trained_px:
        option = f"{fit[0]}x{fit[1]}"
        exists = (conf_dir() / "resolution" / f"{option}.yaml").is_file()
        raise ConfigError(
            f"resolution.height={trained_px[0]} resolution.width={trained_px[1]} does not go with {pair}: height and "
            f"width must be {needs}. Nearest: resolution.height={fit[0]} resolution.width={fit[1]}"
            + (f", which is resolution={option}" if exists else "")
        )
    eval_px = eval_size_px(resolution)
    if eval_px and (fit := nearest_size(eval_px, multiple, least)) != eval_px:
        raise ConfigError(
            f"resolution.eval_size={eval_px[0]}x{eval_px[1]} does not go with {pair}: height and width must be {needs}."
            f" Nearest: resolution.eval_size={fit[0]}x{fit[1]}"
        )


def nearest_size(size: tuple[int, int], multiple: int, least: int) -> tuple[int, int]:
    """Return the height and width nearest to the given ones that are multiples and large enough, px."""
    fit = [max(least, multiple * max(1, (px + multiple // 2) // multiple)) for px in size]
    return fit[0], fit[1]


def least_px(model: ModelConfig, encoder: EncoderConfig) -> int:
    """Return the least height and width, px."""
    strides = ARCHITECTURES[model.arch].least_strides
    return strides * size_multiple(model, encoder) if strides > 1 else 1


def check_batch(model: ModelConfig, batch: int, devices: int) -> None:
    """Check the training batch, which all devices share.

    Raises:
        ConfigError: If the batch cannot be shared by the devices, or one image is too few for the architecture.
    """
    check_shared(batch, devices)
    if batch == devices and ARCHITECTURES[model.arch].pools_to_one_pixel:
        raise ConfigError(
            f"model={model.arch} cannot train on one image at a time (trainer.batch_size={batch}, "
            f"hardware.devices={devices}): it normalizes over a feature map of one pixel. Type "
            f"trainer.batch_size={2 * devices}, with trainer.accumulate_batches for larger steps, or model=unet"
        )


def check_shared(batch: int, devices: int) -> None:
    """Check that the devices get the same number of images each.

    Raises:
        ConfigError: With the nearest batch that can be shared.
    """
    if batch % devices:
        fit = devices * max(1, round(batch / devices))
        raise ConfigError(
            f"trainer.batch_size={batch} cannot be shared by hardware.devices={devices}: it counts the images of all "
            f"devices together and must be a multiple of {devices}. Nearest: trainer.batch_size={fit}"
        )


def least_batch(model: ModelConfig, resolution: ResolutionConfig, num_devices: int) -> int:
    """Return how few images over all devices the architecture trains on at a time.

    Batch norm needs two values per channel, and the deepest map of a small image has one pixel.
    """
    one_pixel = max(resolution.height, resolution.width) <= deepest_stride(model)
    return num_devices * (2 if one_pixel or ARCHITECTURES[model.arch].pools_to_one_pixel else 1)


def smaller_part(batch: int, part: int, *, least: int, multiple: int) -> int | None:
    """Return the largest equal part of a batch that is at most half of a part; None where there is none.

    Args:
        batch: Images of the whole batch.
        part: Images of the part there was.
        least: How few images go.
        multiple: What it must be a multiple of: the number of devices.
    """
    sizes = range(part // 2, max(least, 1) - 1, -1)
    return next((size for size in sizes if batch % size == 0 and size % multiple == 0), None)
