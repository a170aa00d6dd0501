"""From the network's input size back to the size at which pixels are counted."""

from collections.abc import Iterator, Sequence

import torch.nn.functional as F
from jaxtyping import Float, UInt8
from torch import Tensor, stack


def restore_size(
    logits: Float[Tensor, "n k h w"], content_px: tuple[int, int], size_px: tuple[int, int]
) -> Float[Tensor, "n k ..."]:
    """Cut the padding off and resize to another size, before any decision is taken.

    Args:
        logits: At the network's input size.
        content_px: Height and width of the part that is image, at the top left; the rest is padding.
        size_px: Height and width wanted; unequal to `content_px` means bilinear interpolation.
    """
    logits = logits[..., : content_px[0], : content_px[1]]
    if tuple(logits.shape[-2:]) == tuple(size_px):
        return logits
    return F.interpolate(logits.float(), size=size_px, mode="bilinear", align_corners=False)


def at_truth_size(
    logits: Float[Tensor, "n k h w"], content_px: tuple[int, int], truths: Sequence[UInt8[Tensor, "..."]]
) -> Iterator[tuple[Float[Tensor, "m k ..."], UInt8[Tensor, "m ..."]]]:
    """Pair logits and truth of a batch at the truth's size: all at once where sizes agree, else image by image."""
    sizes = {tuple(truth.shape[-2:]) for truth in truths}
    if len(sizes) == 1:
        height, width = sizes.pop()
        yield restore_size(logits, content_px, (height, width)), stack(list(truths))
        return
    for index, truth in enumerate(truths):
        height, width = truth.shape[-2:]
        yield restore_size(logits[index : index + 1], content_px, (height, width)), truth[None]
