"""Which architecture goes with which encoder, and which decoder options go together, as far as tables can tell.

What no table holds, `segsweep.models.check` answers by building the pair without memory.
"""

from pathlib import PurePath

from segsweep.models import errors
from segsweep.models import errors as weight_errors
from segsweep.models.encoders import ENCODERS
from segsweep.models.spec import MODELS, EncoderConfig, ModelConfig

TIMM_PREFIX = "tu-"

UNDILATED = ("vgg", "densenet", "inceptionresnetv2", "inceptionv4", "xception")
"""Families that halve the size by pooling, which cannot be dilated."""

NEEDS_DILATION = ("deeplabv3", "deeplabv3plus", "pan")

OUTPUT_STRIDES: dict[str, tuple[int, ...]] = {"deeplabv3": (8, 16), "deeplabv3plus": (8, 16), "pan": (16, 32)}

NO_MIX_TRANSFORMER = ("unetplusplus", "linknet")

DEPTHS: dict[str, tuple[int, int]] = dict.fromkeys(MODELS, (3, 5)) | {"dpt": (1, 4)}

LISTS_AS_LONG_AS_DEPTH = ("decoder_channels", "decoder_intermediate_channels", "encoder_output_indices")

NORMS = ("batchnorm", "identity", "inplace")
"""Norms of the decoder that work by name; the others need options."""

WEIGHT_FILES = (".safetensors", ".pth", ".pt", ".bin", ".ckpt")


def is_weight_file(weights: str) -> bool:
    """Say whether `encoder.weights` names a file, not a pretrained set."""
    return PurePath(weights).suffix in WEIGHT_FILES or "/" in weights


def check_encoder(encoder: EncoderConfig) -> None:
    """Check the encoder's name, its options and the name of its pretrained set.

    Raises:
        ConfigError: If there is no such encoder, or it takes no options.
        WeightsError: If it has no pretrained set of that name.
    """
    named = encoder.weights is not None and not is_weight_file(encoder.weights)
    if encoder.name.startswith(TIMM_PREFIX):
        if named and encoder.weights != "imagenet":
            raise weight_errors.timm_set(encoder.name, str(encoder.weights))
        return
    if encoder.name not in ENCODERS:
        raise errors.unknown_encoder(encoder.name, ENCODERS)
    if encoder.options:
        raise errors.options_of_named_encoder(encoder.name, encoder.options)
    if named and encoder.weights not in ENCODERS[encoder.name].weights:
        raise weight_errors.unknown_set(encoder.name, str(encoder.weights), ENCODERS[encoder.name].weights)


def refused_encoders(arch: str) -> tuple[str, ...]:
    """Return the named encoders that an architecture refuses with its default options."""
    return tuple(name for name in ENCODERS if _refuses(arch, name, OUTPUT_STRIDES.get(arch, (32,))[0]))


def _refuses(arch: str, encoder: str, output_stride: int) -> bool:
    if encoder.startswith(TIMM_PREFIX):
        return arch == "dpt" and "patch14" in encoder
    undilated = arch in NEEDS_DILATION and output_stride < 32 and encoder.startswith(UNDILATED)
    return arch == "dpt" or undilated or (arch in NO_MIX_TRANSFORMER and encoder.startswith("mit_b"))


def check_pair_rules(model: ModelConfig, encoder: EncoderConfig) -> None:
    """Check the pair and the decoder's options against the tables.

    Raises:
        ConfigError: If the pair cannot be built, or would give an output of another size than the image.
    """
    stride = getattr(model, "encoder_output_stride", 32)
    strides = OUTPUT_STRIDES.get(model.arch, (32,))
    if stride not in strides:
        raise errors.output_stride(model.arch, stride, strides)
    if _refuses(model.arch, encoder.name, stride):
        raise errors.refused_pair(model.arch, encoder.name, _fix(model.arch))
    low, high = DEPTHS[model.arch]
    if not low <= model.encoder_depth <= high:
        raise errors.depth(model.arch, model.encoder_depth, low, high)
    if model.arch == "fpn" and encoder.name.startswith("mit_b") and model.encoder_depth != 5:
        raise errors.depth(f"fpn with {encoder.name}", model.encoder_depth, 5, 5)
    _check_lists(model)
    _check_upsampling(model)
    _check_norm(model)


def _fix(arch: str) -> str:
    if arch == "dpt":
        return "encoder=tu-vit_base_patch16_224.augreg_in21k, or another tu- one with patches of 8, 16 or 32 px"
    if arch == "pan":
        return "model.encoder_output_stride=32, or another encoder such as encoder=resnet34"
    if arch in NO_MIX_TRANSFORMER:
        return "model=unet or model=segformer, or another encoder such as encoder=resnet34"
    return "another encoder such as encoder=resnet34, or model=unet"


def _check_lists(model: ModelConfig) -> None:
    for option in LISTS_AS_LONG_AS_DEPTH:
        value = getattr(model, option, None)
        if isinstance(value, list) and len(value) != model.encoder_depth:
            raise errors.list_length(option, value, model.encoder_depth)
    rates = getattr(model, "decoder_atrous_rates", [1, 1, 1])
    if len(rates) != 3:
        raise errors.atrous_rates(rates)


def _check_upsampling(model: ModelConfig) -> None:
    given = getattr(model, "upsampling", None)
    if given is None:
        return
    deepest = min(getattr(model, "encoder_output_stride", 32), 2**model.encoder_depth)
    special = {"fpn": 2 ** (model.encoder_depth - 3), "pspnet": deepest, "deeplabv3": deepest}
    wanted = special.get(model.arch, 4)
    if given != wanted:
        raise errors.upsampling(model.arch, given, wanted)


def _check_norm(model: ModelConfig) -> None:
    norm = getattr(model, "decoder_use_norm", None)
    if isinstance(norm, str) and norm not in NORMS:
        raise errors.decoder_norm(norm)
