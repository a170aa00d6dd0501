"""Whether a pair of architecture and encoder runs, answered by building it without memory."""

import re
from dataclasses import dataclass

from torch import nn

from segsweep.core.errors import ConfigError
from segsweep.core.text import first_line
from segsweep.data.sizes import eval_size_px
from segsweep.data.spec import ResolutionConfig
from segsweep.models import errors
from segsweep.models.nets import Backbone, build_net_on_meta
from segsweep.models.options import fitting_options, run_on_meta
from segsweep.models.pairs import TIMM_PREFIX
from segsweep.models.pretrained.weights import check_timm_name
from segsweep.models.sizes import size_multiple
from segsweep.models.spec import EncoderConfig, ModelConfig

OTHER_ENCODER = "another encoder, such as encoder=resnet34 or encoder=tu-convnext_tiny"


def check_pair(
    model: ModelConfig,
    encoder: EncoderConfig,
    *,
    channels: int,
    resolution: ResolutionConfig,
    batch: int,
    num_outputs: int = 1,
) -> None:
    """Build the network on the meta device, run it in training and evaluation, and say in words what fails.

    `batch` counts the training images per forward pass of one device. Until the data is opened, `num_outputs` is 1,
    which decides nothing.

    Raises:
        ConfigError: If the pair cannot be built, cannot take images of these sizes, or gives logits of another size.
    """
    if encoder.name.startswith(TIMM_PREFIX):
        check_timm_name(encoder.name)
    size = resolution.height, resolution.width
    options = fitting_options(model, encoder, in_channels=channels, image_size=size)
    try:
        backbone = Backbone(encoder.name, options)
        net = build_net_on_meta(model, backbone, in_channels=channels, num_outputs=num_outputs)
    except ConfigError:  # of a plugin's row
        raise
    except Exception as error:
        raise _not_built(model, encoder, error) from error
    trial = _Trial(model, encoder, net, channels, num_outputs)
    _check_run(trial, size, "training", batch=max(batch, 1), train=True)
    eval_px = eval_size_px(resolution)
    if eval_px is not None:
        _check_run(trial, eval_px, "resolution.eval_size", batch=1, train=False)
    elif encoder.name.startswith(TIMM_PREFIX):
        _check_any_size(trial, size)


@dataclass(frozen=True)
class _Trial:
    """A network of the meta device, and what it was built of."""

    model: ModelConfig
    encoder: EncoderConfig
    net: nn.Module
    channels: int
    num_outputs: int


def _check_run(trial: _Trial, size: tuple[int, int], where: str, *, batch: int, train: bool) -> None:
    try:
        output = run_on_meta(trial.net, trial.channels, size, batch=batch, train=train)
    except Exception as error:
        raise _not_run(trial.model, trial.encoder, error, where, size, batch) from error
    if output != (trial.num_outputs, *size):
        found, wanted = ("x".join(map(str, shape)) for shape in (output, (trial.num_outputs, *size)))
        problem, fix = f"the logits would be {found}, not {wanted}", "what makes its output that of the image"
        if len(output) == 3 and output[0] == trial.num_outputs:
            problem, fix = f"the logits would have {output[1]}x{output[2]} px", "the default options of the decoder"
        raise errors.failed_size(trial.model.arch, trial.encoder.name, where, size, problem, fix)


def _check_any_size(trial: _Trial, size: tuple[int, int]) -> None:
    multiple = size_multiple(trial.model, trial.encoder)
    try:
        run_on_meta(trial.net, trial.channels, (size[0] + multiple, size[1] + 2 * multiple))
    except Exception as error:
        raise ConfigError(
            f"resolution.eval_size=native does not go with model={trial.model.arch} and encoder={trial.encoder.name}, "
            f"which is built for images of {size[0]}x{size[1]} and does not take every size. "
            "Type resolution.eval_size=same, or choose another encoder."
        ) from error


def _not_built(model: ModelConfig, chosen: EncoderConfig, error: Exception) -> ConfigError:
    arch, encoder, text = model.arch, chosen.name, str(error)
    unexpected = re.search(r"unexpected keyword arguments?:? '?(\w+)", text)
    stride = getattr(model, "encoder_output_stride", 32)
    if "Unsupported model downsampling pattern" in text:
        problem = "its features do not halve the image's size from stage to stage"
        return errors.failed_pair(
            arch, encoder, problem, f"model=dpt for a plain vision transformer, or {OTHER_ENCODER}"
        )
    if unexpected and unexpected[1] in chosen.options:
        problem = f"encoder.options.{unexpected[1]} is not an option of it"
        return errors.failed_pair(arch, encoder, problem, f"the command without encoder.options.{unexpected[1]}")
    if stride < 32 and (isinstance(error, AssertionError) or "stride" in text or "dilat" in text):
        fix = "model.encoder_output_stride=32" if arch == "pan" else "model=unet"
        return errors.failed_pair(arch, encoder, "it cannot be dilated", f"{fix}, or {OTHER_ENCODER}")
    problem = f"it cannot be built ({_cause(error)})"
    return errors.failed_pair(arch, encoder, problem, f"model=unet, or {OTHER_ENCODER}")


def _not_run(
    model: ModelConfig, chosen: EncoderConfig, error: Exception, where: str, size: tuple[int, int], batch: int
) -> ConfigError:
    arch, encoder, text = model.arch, chosen.name, str(error)
    if "Expected more than 1 value per channel" in text:
        problem = f"with {batch} image per batch nothing is left to normalize over"
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
        problem = f"it is built for the training size ({_cause(error)})"
        return errors.failed_size(arch, encoder, where, size, problem, f"resolution.eval_size=same, or {OTHER_ENCODER}")
    fix = f"another size, such as resolution=256x256, or {OTHER_ENCODER}"
    if "img_size" in chosen.options:
        fix = f"'encoder.options.img_size=[{size[0]},{size[1]}]', {fix}"
    return errors.failed_size(arch, encoder, where, size, _cause(error), fix)


def _cause(error: Exception) -> str:
    kind, line = type(error).__name__, first_line(error, 160)
    return kind if line == kind else f"{kind}: {line}"
