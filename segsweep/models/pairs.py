"""Which architecture goes with which encoder, and which decoder options go together, as far as tables can tell.

What no table holds, `segsweep.models.check` answers by building the pair without memory.
"""

from pathlib import PurePath

from segsweep.models import errors
from segsweep.models.encoders import ENCODERS, family_of
from segsweep.models.settings import DecoderConfig
from segsweep.models.spec import ARCHITECTURES, EncoderConfig, ModelConfig, deepest_stride

TIMM_PREFIX = "tu-"

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
            raise errors.timm_set(encoder.name, str(encoder.weights))
        return
    if encoder.name not in ENCODERS:
        raise errors.unknown_encoder(encoder.name, ENCODERS)
    row = ENCODERS[encoder.name]
    if encoder.options and not row.build:
        raise errors.options_of_named_encoder(encoder.name, encoder.options)
    if named and encoder.weights not in row.weights:
        raise errors.unknown_set(encoder.name, str(encoder.weights), row.weights)


def refused_encoders(arch: str) -> tuple[str, ...]:
    """Return the named encoders that an architecture refuses with its default options."""
    return tuple(name for name in ENCODERS if _refuses(arch, name, ARCHITECTURES[arch].output_strides[0]))


def _refuses(arch: str, encoder: str, output_stride: int) -> bool:
    row = ARCHITECTURES[arch]
    if encoder.startswith(TIMM_PREFIX):
        return not row.takes_patch_14 and "patch14" in encoder
    family = family_of(encoder)
    is_undilated = family is not None and not family.dilates and output_stride < 32
    is_mix_transformer = family is not None and family.is_mix_transformer and not row.takes_mix_transformers
    return not row.takes_named_encoders or is_undilated or is_mix_transformer


def check_pair_rules(model: ModelConfig, encoder: EncoderConfig) -> None:
    """Check the pair and the decoder's options against the tables.

    Raises:
        ConfigError: If the pair cannot be built, or would give an output of another size than the image.
        WeightsError: If the encoder has no pretrained set of that name.
    """
    row = ARCHITECTURES[model.arch]
    if not row.has_encoder:
        return
    check_encoder(encoder)
    stride = getattr(model, "encoder_output_stride", 32)
    if stride not in row.output_strides:
        raise errors.output_stride(model.arch, stride, row.output_strides)
    if _refuses(model.arch, encoder.name, stride):
        raise errors.refused_pair(model.arch, encoder.name, row.instead)
    if isinstance(model, DecoderConfig):
        _check_decoder(model, encoder.name)


def _check_decoder(model: DecoderConfig, encoder: str) -> None:
    (low, high), family = ARCHITECTURES[model.arch].depths, family_of(encoder)
    if not low <= model.encoder_depth <= high:
        raise errors.depth(model.arch, model.encoder_depth, low, high)
    if model.arch == "fpn" and family is not None and family.is_mix_transformer and model.encoder_depth != 5:
        raise errors.depth(f"fpn with {encoder}", model.encoder_depth, 5, 5)
    _check_lists(model)
    _check_upsampling(model)
    _check_norm(model)


def _check_lists(model: DecoderConfig) -> None:
    for option in LISTS_AS_LONG_AS_DEPTH:
        value = getattr(model, option, None)
        if isinstance(value, list) and len(value) != model.encoder_depth:
            raise errors.list_length(option, value, model.encoder_depth)
    rates = getattr(model, "decoder_atrous_rates", [1, 1, 1])
    if len(rates) != 3:
        raise errors.atrous_rates(rates)


def _check_upsampling(model: DecoderConfig) -> None:
    given = getattr(model, "upsampling", None)
    wanted = ARCHITECTURES[model.arch].upsampling(model.encoder_depth, deepest_stride(model))
    if given is not None and given != wanted:
        raise errors.upsampling(model.arch, given, wanted)


def _check_norm(model: DecoderConfig) -> None:
    norm = getattr(model, "decoder_use_norm", None)
    if isinstance(norm, str) and norm not in NORMS:
        raise errors.decoder_norm(norm)
