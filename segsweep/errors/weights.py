"""Sentences about pretrained weights."""

from collections.abc import Sequence

from segsweep.errors.base import WeightsError, and_more

RANDOM = "encoder.weights=null starts from random weights"
LOCAL = "encoder.weights=/path/to/file.safetensors takes a local file"


def unknown_set(encoder: str, found: str, known: Sequence[str]) -> WeightsError:
    """The encoder was never trained that way."""
    return WeightsError(
        f"encoder.weights={found} does not exist for encoder={encoder}. It has: {', '.join(known)}. "
        f"Type encoder.weights={known[0]}; {RANDOM}; {LOCAL}."
    )


def timm_set(encoder: str, found: str) -> WeightsError:
    """A timm encoder carries the set in its name."""
    return WeightsError(
        f"encoder.weights={found} does not go with {encoder}: a timm encoder carries the set in its name. Type "
        f"encoder.weights=imagenet for what timm has by default, or encoder={encoder.split('.')[0]}.TAG; "
        f"{RANDOM}; {LOCAL}."
    )


def timm_untrained(encoder: str, tags: Sequence[str]) -> WeightsError:
    """Timm has no weights of that name."""
    bare = encoder.split(".")[0]
    known = ", ".join(f"encoder={bare}.{tag}" for tag in tags)
    return WeightsError(
        f"timm has no pretrained weights for {encoder}. "
        + (f"It has: {known}. " if known else "")
        + f"{RANDOM}; {LOCAL}."
    )


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


def no_file(path: str) -> WeightsError:
    """There is no such file."""
    return WeightsError(
        f"encoder.weights={path} is not a file. Give the path of a .safetensors or .pth file, or {RANDOM}."
    )


def unreadable(path: str, problem: str) -> WeightsError:
    """The file holds no tensors that can be read safely."""
    return WeightsError(
        f"encoder.weights={path} cannot be read: {problem}. It must be a .safetensors file, or a .pth file saved "
        f"from a state dict (tensors only; pickled models are refused)."
    )


def nothing_matches(path: str, encoder: str, in_file: Sequence[str], wanted: Sequence[str]) -> WeightsError:
    """No tensor of the file belongs to the encoder."""
    return WeightsError(
        f"encoder.weights={path} has no tensor of encoder={encoder}. In the file:\n{and_more(list(in_file), 3)}\n"
        f"The encoder has:\n{and_more(list(wanted), 3)}\nGive weights of this encoder, or encoder.weights=null."
    )


def shapes_differ(path: str, encoder: str, differing: Sequence[str]) -> WeightsError:
    """The file belongs to another encoder."""
    return WeightsError(
        f"encoder.weights={path} does not fit encoder={encoder}; these shapes differ:\n{and_more(list(differing))}\n"
        f"Give weights of this encoder, or encoder.weights=null."
    )
