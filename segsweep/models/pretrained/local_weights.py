"""Encoder weights from a local file, whatever wrapped the encoder when it was saved."""

import logging
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from segsweep.core.errors import WeightsError, and_more
from segsweep.models import errors
from segsweep.models.spec import EncoderConfig

log = logging.getLogger(__name__)

ANOTHER = "Give weights of this encoder, or encoder.weights=null."

WRAPPERS = ("state_dict", "model_state_dict", "model", "net")
"""Keys under which training scripts put the state dict."""

PREFIXES = ("module.", "model.", "net.", "encoder.", "backbone.", "_orig_mod.")
"""What wrappers put in front of a tensor's name, in any order and number."""


def load_local_weights(backbone: nn.Module, encoder: EncoderConfig) -> int:
    """Load the tensors of `encoder.weights` that the backbone has, and log how many there were.

    Returns:
        Number of tensors loaded.
    Raises:
        WeightsError: If the file cannot be read, holds nothing of this encoder, or tensors of other shapes.
    """
    path = str(encoder.weights)
    found = read_tensors(Path(path).expanduser())
    wanted = {
        name: tensor for name, tensor in backbone.state_dict().items() if not name.endswith("num_batches_tracked")
    }
    by_bare_name = {bare_name(name): tensor for name, tensor in found.items()}
    matched = {
        name: adapt_channels(by_bare_name[bare_name(name)], tensor)
        for name, tensor in wanted.items()
        if bare_name(name) in by_bare_name
    }
    if not matched:
        raise WeightsError(
            f"encoder.weights={path} has no tensor of encoder={encoder.name}. "
            f"In the file:\n{and_more(sorted(found), 3)}\nThe encoder has:\n{and_more(sorted(wanted), 3)}\n{ANOTHER}"
        )
    if differing := [name for name, tensor in matched.items() if tensor.shape != wanted[name].shape]:
        lines = [
            f"{name}: {list(matched[name].shape)} in the file, {list(wanted[name].shape)} wanted" for name in differing
        ]
        raise WeightsError(
            f"encoder.weights={path} does not fit encoder={encoder.name}; these shapes differ:\n"
            f"{and_more(lines)}\n{ANOTHER}"
        )
    nn.Module.load_state_dict(backbone, matched, strict=False)
    level = logging.INFO if len(matched) == len(wanted) else logging.WARNING
    log.log(level, "%s: %d of the encoder's %d tensors loaded", path, len(matched), len(wanted))
    return len(matched)


def bare_name(name: str) -> str:
    """Return a tensor's name without wrappers; dots are underscores, as timm flattens some but not all."""
    while prefix := next((prefix for prefix in PREFIXES if name.startswith(prefix)), None):
        name = name.removeprefix(prefix)
    return name.replace(".", "_")


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Read the tensors of a .safetensors file or of a state dict saved by torch.

    Raises:
        WeightsError: If the file is damaged or holds anything but plain data.
    """
    try:
        if path.suffix == ".safetensors":
            tensors: dict[str, Tensor] = load_file(path)
            return tensors
        content: Any = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # every reader has exceptions of its own
        raise errors.unreadable(
            str(path), str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        ) from error
    while isinstance(content, dict) and (key := next((k for k in WRAPPERS if isinstance(content.get(k), dict)), None)):
        content = content[key]
    tensors = {k: v for k, v in content.items() if isinstance(v, Tensor)} if isinstance(content, dict) else {}
    if not tensors:
        raise errors.unreadable(str(path), "it holds no tensors by name")
    # A saved segmentation model: only its encoder counts, and the decoder's names must not be taken for it.
    inside = {name: tensor for name, tensor in tensors.items() if ".encoder." in f".{name}"}
    return inside or tensors


def adapt_channels(tensor: Tensor, wanted: Tensor) -> Tensor:
    """Fit a convolution for three channels to another number: summed for one, else repeated in turn and rescaled.

    Source: as segmentation-models-pytorch and timm do it for the weights they download.
    """
    same_but_channels = tensor.ndim == 4 == wanted.ndim and tensor.shape[:1] + tensor.shape[2:] == (
        wanted.shape[:1] + wanted.shape[2:]
    )
    if not same_but_channels or tensor.shape[1] != 3 or wanted.shape[1] == 3:
        return tensor
    if wanted.shape[1] == 1:
        return tensor.sum(dim=1, keepdim=True)
    order = torch.arange(wanted.shape[1]) % 3
    return tensor[:, order] * (3 / wanted.shape[1])
