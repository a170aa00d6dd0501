"""Sentences about architectures, encoders and what goes together."""

from collections.abc import Iterable, Sequence
from typing import Any

from segsweep.errors.base import ConfigError, nearest


def unknown_encoder(name: str, known: Iterable[str]) -> ConfigError:
    """No named encoder is called that."""
    known = list(known)
    near = nearest(name, known)
    text = f"encoder.name={name} does not exist."
    if near:
        text += f" Nearest: {', '.join(near)}."
    if name.startswith("timm-"):
        text += f" Perhaps encoder=tu-{name.removeprefix('timm-')}."
    return ConfigError(
        f"{text} Any feature model of timm goes as encoder=tu-NAME. All: python -m segsweep.inspect encoders"
    )


def unknown_timm(name: str, near: Sequence[str]) -> ConfigError:
    """Timm has no model of that name."""
    hint = f" Nearest: {', '.join('tu-' + other for other in near)}." if near else ""
    return ConfigError(
        f"encoder={name} does not exist: timm has no model {name.removeprefix('tu-')}.{hint} "
        f'All: python -c "import timm; print(*timm.list_models(pretrained=True), sep=chr(10))"'
    )


def options_of_named_encoder(name: str, options: dict[str, Any]) -> ConfigError:
    """Named encoders would swallow options in silence."""
    return ConfigError(
        f"encoder.options={options} is for timm encoders only, and encoder={name} takes none. "
        f"Leave it out, or choose a timm encoder: encoder=tu-NAME"
    )


def refused_pair(arch: str, encoder: str, fix: str) -> ConfigError:
    """A pair that cannot be built."""
    return ConfigError(
        f"model={arch} does not go with encoder={encoder}. Type {fix}. More: python -m segsweep.inspect models"
    )


def failed_pair(arch: str, encoder: str, problem: str, fix: str) -> ConfigError:
    """A pair whose building or forward pass failed."""
    return ConfigError(f"model={arch} does not go with encoder={encoder}: {problem}. Type {fix}.")


def failed_size(arch: str, encoder: str, where: str, size: tuple[int, int], problem: str, fix: str) -> ConfigError:
    """A pair that runs, but not at this size."""
    return ConfigError(
        f"model={arch} with encoder={encoder} does not take {size[0]}x{size[1]} images ({where}): {problem}. "
        f"Type {fix}."
    )


def native_needs_any_size(arch: str, encoder: str, height: int, width: int) -> ConfigError:
    """The encoder is built for one size, and stored images have sizes of their own."""
    return ConfigError(
        f"resolution.eval_size=native does not go with model={arch} and encoder={encoder}, which is built for images "
        f"of {height}x{width} and does not take every size. Type resolution.eval_size=same, or choose another encoder."
    )


def output_stride(arch: str, found: int, accepted: Sequence[int]) -> ConfigError:
    """A dilation the architecture does not have."""
    words = " or ".join(str(stride) for stride in accepted)
    return ConfigError(
        f"model.encoder_output_stride={found} does not go with model={arch}, which takes {words}. "
        f"Type model.encoder_output_stride={accepted[-1]}"
    )


def depth(what: str, found: int, low: int, high: int) -> ConfigError:
    """Too few or too many stages."""
    accepted = str(low) if low == high else f"{low} to {high}"
    return ConfigError(
        f"model.encoder_depth={found} does not go with {what}, which takes {accepted}. Type model.encoder_depth={high}"
    )


def list_length(option: str, found: Sequence[int], wanted: int) -> ConfigError:
    """One number per stage is wanted."""
    longer = list(found) + [found[-1] if found else 64] * wanted
    return ConfigError(
        f"model.{option}={list(found)} has {len(found)} numbers and needs as many as model.encoder_depth={wanted}. "
        f"Type 'model.{option}={str(longer[:wanted]).replace(' ', '')}', or model.encoder_depth={len(found)}"
    )


def atrous_rates(found: Sequence[int]) -> ConfigError:
    """Three branches have three rates."""
    return ConfigError(
        f"model.decoder_atrous_rates={list(found)} needs three numbers. Type 'model.decoder_atrous_rates=[12,24,36]'"
    )


def upsampling(arch: str, found: Any, wanted: int) -> ConfigError:
    """The logits would not have the image's size."""
    return ConfigError(
        f"model.upsampling={found} would give {arch} logits of another size than the image. "
        f"Type model.upsampling={wanted}"
    )


def decoder_norm(found: str) -> ConfigError:
    """A norm that the decoder cannot build from its name."""
    options = "'model.decoder_use_norm={type: instancenorm, affine: true}'"
    return ConfigError(
        f"model.decoder_use_norm={found} cannot be built. It may be batchnorm, false for none, inplace (with the "
        f"package inplace_abn), or a norm with options: {options}"
    )
