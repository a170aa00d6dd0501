"""Which image and batch sizes an architecture takes."""

from segsweep.config.tree import conf_dir
from segsweep.data.sizes import eval_size_px
from segsweep.models import errors
from segsweep.models.pairs import TIMM_PREFIX
from segsweep.schema import Config

POOLS_TO_ONE_PIXEL = ("deeplabv3", "deeplabv3plus", "pan", "upernet")
"""These normalise a feature map of one pixel, which needs two images in a training batch."""

DPT_MULTIPLE = 32
"""DPT brings the patches of every vision transformer to maps of a 4th to a 32nd of the image."""

PAN_STRIDES = 8
"""PAN pools its deepest features three times by two, so the image must be this many output strides wide."""


def size_multiple(config: Config) -> int:
    """Return the number that height and width must be multiples of, in px; 1 if any size goes.

    Unet resizes its features to fit and takes any size, except with timm encoders, some of which (HRNet) do not.
    """
    model = config.model
    if model.arch == "dpt":
        return DPT_MULTIPLE
    if model.arch == "unet" and not config.encoder.name.startswith(TIMM_PREFIX):
        return 1
    return min(int(getattr(model, "encoder_output_stride", 32)), int(2**model.encoder_depth))


def check_sizes(config: Config) -> None:
    """Check the sizes in training and evaluation against the architecture.

    Raises:
        ConfigError: With the nearest size that goes.
    """
    height, width = config.resolution.height, config.resolution.width
    fit = nearest_size(config, height, width)
    if fit != (height, width):
        option = f"{fit[0]}x{fit[1]}"
        exists = (conf_dir() / "resolution" / f"{option}.yaml").is_file()
        raise errors.training_size(_pair(config), (height, width), _needs(config), fit, option if exists else None)
    eval_px = eval_size_px(config.resolution)
    if eval_px and nearest_size(config, *eval_px) != eval_px:
        raise errors.eval_size(_pair(config), eval_px, _needs(config), nearest_size(config, *eval_px))


def nearest_size(config: Config, height: int, width: int) -> tuple[int, int]:
    """Return the size nearest to the given one that the architecture takes, px."""
    multiple, least = size_multiple(config), least_px(config)
    fit = [max(least, multiple * max(1, (px + multiple // 2) // multiple)) for px in (height, width)]
    return fit[0], fit[1]


def least_px(config: Config) -> int:
    """Return the least height and width, px."""
    return PAN_STRIDES * size_multiple(config) if config.model.arch == "pan" else 1


def _pair(config: Config) -> str:
    return f"model={config.model.arch} and encoder={config.encoder.name}"


def _needs(config: Config) -> str:
    least = least_px(config)
    return f"multiples of {size_multiple(config)}" + (f", {least} or more" if least > 1 else "")


def check_batch(config: Config) -> None:
    """Check the training batch of one device.

    Raises:
        ConfigError: If the batch cannot be shared by the devices, or one image is too few for the architecture.
    """
    batch, devices = config.trainer.batch_size, config.hardware.devices
    if not isinstance(devices, int):
        devices = 1
    if batch % devices:
        raise errors.unshared_batch(batch, devices)
    if batch == devices and config.model.arch in POOLS_TO_ONE_PIXEL:
        raise errors.batch_of_one(config.model.arch, batch, devices)


def least_batch(config: Config, num_devices: int) -> int:
    """Return how few images over all devices the architecture trains on at a time.

    Batch norm needs two values per channel, and the deepest map of a small image has one pixel.
    """
    stride = int(getattr(config.model, "encoder_output_stride", 2**config.model.encoder_depth))
    one_pixel = max(config.resolution.height, config.resolution.width) <= stride
    return num_devices * (2 if one_pixel or config.model.arch in POOLS_TO_ONE_PIXEL else 1)


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
