"""Sentences about architectures, encoders and what goes together."""

from collections.abc import Sequence

from segsweep.config.identity import NO_ENCODER
from segsweep.core.errors import ConfigError, WeightsError, near_hint


def unknown_timm(name: str, near: Sequence[str]) -> ConfigError:
    """Timm has no model of that name."""
    return ConfigError(
        f"encoder={name} does not exist: timm has no model {name.removeprefix('tu-')}."
        f"{near_hint(['tu-' + other for other in near])} "
        'All: python -c "import timm; print(*timm.list_models(pretrained=True), sep=chr(10))"'
    )


def failed_pair(arch: str, encoder: str, problem: str, fix: str) -> ConfigError:
    """A pair whose building or forward pass failed."""
    if encoder == NO_ENCODER:
        return ConfigError(f"model={arch} cannot be trained: {problem}.")
    return ConfigError(f"model={arch} does not go with encoder={encoder}: {problem}. Type {fix}.")


def failed_size(arch: str, encoder: str, where: str, size: tuple[int, int], problem: str, fix: str) -> ConfigError:
    """A pair that runs, but not at this size."""
    pair = f"model={arch}" if encoder == NO_ENCODER else f"model={arch} with encoder={encoder}"
    return ConfigError(f"{pair} does not take {size[0]}x{size[1]} images ({where}): {problem}. Type {fix}.")


def depth(what: str, found: int, low: int, high: int) -> ConfigError:
    """Too few or too many stages."""
    accepted = str(low) if low == high else f"{low} to {high}"
    return ConfigError(
        f"model.encoder_depth={found} does not go with {what}, which takes {accepted}. Type model.encoder_depth={high}"
    )


RANDOM = "encoder.weights=null starts from random weights"
LOCAL = "encoder.weights=/path/to/file.safetensors takes a local file"


def unreachable(encoder: str, weights: str, source: str, cache: str) -> WeightsError:
    """Neither in the cache nor on the network."""
    return WeightsError(
        f"The weights {weights} of encoder={encoder} are not in the cache ({cache}), and {source} cannot be reached. "
        f"Ways out:\n"
        f"  encoder.weights=null                        random weights\n"
        f"  encoder.weights=/path/to/file.safetensors   a local file\n"
        f"  on a machine with network, once:            python -m segsweep.train encoder={encoder} "
        f"encoder.weights={weights} trainer.max_epochs=1\n"
        f"                                              then copy its cache here, or point HF_HOME at it\n"
        f"  HF_ENDPOINT=https://your.mirror             another server"
    )


def unreadable(path: str, problem: str) -> WeightsError:
    """The file holds no tensors that can be read safely."""
    return WeightsError(
        f"encoder.weights={path} cannot be read: {problem}. It must be a .safetensors file, or a .pth file saved "
        f"from a state dict (tensors only; pickled models are refused)."
    )
