"""Whether a pair of architecture and encoder runs, answered by building it without memory."""

import re

from torch import nn

from segsweep.core.errors import ConfigError
from segsweep.core.task import Task
from segsweep.data.sizes import eval_size_px
from segsweep.models import errors
from segsweep.models.nets import build_net_on_meta
from segsweep.models.options import fitting_options, run_on_meta
from segsweep.models.pairs import NEEDS_DILATION, TIMM_PREFIX
from segsweep.models.sizes import size_multiple
from segsweep.models.weights import check_timm_name
from segsweep.schema import Config

OTHER_ENCODER = "another encoder, such as encoder=resnet34 or encoder=tu-convnext_tiny"


def check_pair(config: Config, task: Task | None = None) -> None:
    """Build the network on the meta device, run it in training and evaluation, and say in words what fails.

    Args:
        config: The whole tree.
        task: Tells the channels of the logits; None, before the data is opened: one, which decides nothing.
    Raises:
        ConfigError: If the pair cannot be built, cannot take images of these sizes, or gives logits of another size.
    """
    if config.encoder.name.startswith(TIMM_PREFIX):
        check_timm_name(config.encoder.name)
    size = config.resolution.height, config.resolution.width
    channels = config.data.channels
    options = fitting_options(config.model, config.encoder, in_channels=channels, image_size=size)
    try:
        num_outputs = task.num_outputs if task else 1
        net = build_net_on_meta(
            config.model, config.encoder.name, options, in_channels=channels, num_outputs=num_outputs
        )
    except Exception as error:
        raise _not_built(config, error) from error
    _check_run(config, net, size, "training", batch=_batch_of_one_device(config), train=True)
    eval_px = eval_size_px(config.resolution)
    if eval_px is not None:
        _check_run(config, net, eval_px, "resolution.eval_size", batch=1, train=False)
    elif config.encoder.name.startswith(TIMM_PREFIX):
        _check_any_size(config, net, size)


def _batch_of_one_device(config: Config) -> int:
    devices = config.hardware.devices
    return max(1, config.trainer.batch_size // (devices if isinstance(devices, int) else 1))


def _check_run(config: Config, net: nn.Module, size: tuple[int, int], where: str, *, batch: int, train: bool) -> None:
    try:
        output = run_on_meta(net, config.data.channels, size, batch=batch, train=train)
    except Exception as error:
        raise _not_run(config, error, where, size, batch) from error
    if output != size:
        problem = f"the logits would have {output[0]}x{output[1]} px"
        fix = "the default options of the decoder"
        raise errors.failed_size(config.model.arch, config.encoder.name, where, size, problem, fix)


def _check_any_size(config: Config, net: nn.Module, size: tuple[int, int]) -> None:
    multiple = size_multiple(config)
    try:
        run_on_meta(net, config.data.channels, (size[0] + multiple, size[1] + 2 * multiple))
    except Exception as error:
        raise errors.native_needs_any_size(config.model.arch, config.encoder.name, *size) from error


def _not_built(config: Config, error: Exception) -> ConfigError:
    arch, encoder, text = config.model.arch, config.encoder.name, str(error)
    unexpected = re.search(r"unexpected keyword arguments?:? '?(\w+)", text)
    stride = getattr(config.model, "encoder_output_stride", 32)
    if "Unsupported model downsampling pattern" in text:
        problem = "its features do not halve the image's size from stage to stage"
        return errors.failed_pair(
            arch, encoder, problem, f"model=dpt for a plain vision transformer, or {OTHER_ENCODER}"
        )
    if unexpected and unexpected[1] in config.encoder.options:
        problem = f"encoder.options.{unexpected[1]} is not an option of it"
        return errors.failed_pair(arch, encoder, problem, f"the command without encoder.options.{unexpected[1]}")
    if (
        arch in NEEDS_DILATION
        and stride < 32
        and (isinstance(error, AssertionError) or "stride" in text or "dilat" in text)
    ):
        fix = "model.encoder_output_stride=32" if arch == "pan" else "model=unet"
        return errors.failed_pair(arch, encoder, "it cannot be dilated", f"{fix}, or {OTHER_ENCODER}")
    return errors.failed_pair(
        arch, encoder, f"it cannot be built ({_first_line(error)})", f"model=unet, or {OTHER_ENCODER}"
    )


def _not_run(config: Config, error: Exception, where: str, size: tuple[int, int], batch: int) -> ConfigError:
    arch, encoder, text = config.model.arch, config.encoder.name, str(error)
    if "Expected more than 1 value per channel" in text:
        problem = f"with {batch} image per batch nothing is left to normalise over"
        return errors.failed_size(
            arch, encoder, where, size, problem, f"trainer.batch_size={batch + 1}, or a larger size"
        )
    if divisible := re.search(r"divisible by (\d+)", text):
        fit = [max(1, round(px / int(divisible[1]))) * int(divisible[1]) for px in size]
        fix = f"resolution.height={fit[0]} resolution.width={fit[1]}"
        if where != "training":
            fix = f"resolution.eval_size={fit[0]}x{fit[1]}"
        return errors.failed_size(arch, encoder, where, size, f"they must be multiples of {divisible[1]} px", fix)
    if where != "training":
        problem = f"it is built for the training size ({_first_line(error)})"
        return errors.failed_size(arch, encoder, where, size, problem, f"resolution.eval_size=same, or {OTHER_ENCODER}")
    fix = f"another size, such as resolution=256x256, or {OTHER_ENCODER}"
    if "img_size" in config.encoder.options:
        fix = f"'encoder.options.img_size=[{size[0]},{size[1]}]', {fix}"
    return errors.failed_size(arch, encoder, where, size, _first_line(error), fix)


def _first_line(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0][:160]}" if text else type(error).__name__
