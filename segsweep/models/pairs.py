"""Which architecture goes with which encoder, and which decoder options go together, as far as tables can tell.

What no table holds, `segsweep.models.check` answers by building the pair without memory.
"""

from pathlib import PurePath

from segsweep.core.errors import ConfigError, WeightsError, near_hint, nearest
from segsweep.models import errors
from segsweep.models.encoders import ENCODERS, family_of
from segsweep.models.errors import LOCAL, RANDOM
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
            raise WeightsError(
                f"encoder.weights={encoder.weights} does not go with {encoder.name}: a timm encoder carries the set "
                "in its name. Type encoder.weights=imagenet for what timm has by default, "
                f"or encoder={encoder.name.split('.')[0]}.TAG; {RANDOM}; {LOCAL}."
            )
        return
    if encoder.name not in ENCODERS:
        hint = near_hint(nearest(encoder.name, ENCODERS))
        if encoder.name.startswith("timm-"):
            hint += f" Perhaps encoder=tu-{encoder.name.removeprefix('timm-')}."
        raise ConfigError(
            f"encoder.name={encoder.name} does not exist.{hint} Any feature model of timm goes as encoder=tu-NAME. "
            "All: python -m segsweep.inspect encoders"
        )
    row = ENCODERS[encoder.name]
    if encoder.options and not row.build:
        raise ConfigError(
            f"encoder.options={encoder.options} is for timm encoders only, and encoder={encoder.name} takes none. "
            "Leave it out, or choose a timm encoder: encoder=tu-NAME"
        )
    if named and encoder.weights not in row.weights:
        if not row.weights:
            raise WeightsError(f"encoder={encoder.name} has no pretrained weights. {RANDOM}; {LOCAL}.")
        raise WeightsError(
            f"encoder.weights={encoder.weights} does not exist for encoder={encoder.name}. "
            f"It has: {', '.join(row.weights)}. Type encoder.weights={row.weights[0]}; {RANDOM}; {LOCAL}."
        )


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
        words = " or ".join(map(str, row.output_strides))
        raise ConfigError(
            f"model.encoder_output_stride={stride} does not go with model={model.arch}, which takes {words}. "
            f"Type model.encoder_output_stride={row.output_strides[-1]}"
        )
    if _refuses(model.arch, encoder.name, stride):
        raise ConfigError(
            f"model={model.arch} does not go with encoder={encoder.name}. Type {row.instead}. "
            "More: python -m segsweep.inspect models"
        )
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
            depth = model.encoder_depth
            fit = str([*value, *[value[-1] if value else 64] * depth][:depth]).replace(" ", "")
            raise ConfigError(
                f"model.{option}={value} has {len(value)} numbers and needs as many as model.encoder_depth={depth}. "
                f"Type 'model.{option}={fit}', or model.encoder_depth={len(value)}"
            )
    rates = getattr(model, "decoder_atrous_rates", [1, 1, 1])
    if len(rates) != 3:
        key = "model.decoder_atrous_rates"
        raise ConfigError(f"{key}={list(rates)} needs three numbers. Type '{key}=[12,24,36]'")


def _check_upsampling(model: DecoderConfig) -> None:
    given = getattr(model, "upsampling", None)
    wanted = ARCHITECTURES[model.arch].upsampling(model.encoder_depth, deepest_stride(model))
    if given is not None and given != wanted:
        raise ConfigError(
            f"model.upsampling={given} would give {model.arch} logits of another size than the image. "
            f"Type model.upsampling={wanted}"
        )


def _check_norm(model: DecoderConfig) -> None:
    norm = getattr(model, "decoder_use_norm", None)
    if isinstance(norm, str) and norm not in NORMS:
        raise ConfigError(
            f"model.decoder_use_norm={norm} cannot be built. It may be batchnorm, false for none, inplace (with the "
            "package inplace_abn), or a norm with options: "
            "'model.decoder_use_norm={type: instancenorm, affine: true}'"
        )
