"""From the network's input size back to the size at which pixels are counted."""

from collections.abc import Iterator, Sequence

import torch.nn.functional as F
from jaxtyping import Float, UInt8
from torch import Tensor, stack

from segsweep.core.task import TaskKind
from segsweep.metrics.counts import decide


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


def predictions_of(
    logits: Float[Tensor, "n k h w"],
    content_px: tuple[int, int],
    sizes_px: Sequence[tuple[int, int]],
    task_kind: TaskKind,
) -> list[UInt8[Tensor, "..."]]:
    """Return what is predicted for each image of a batch at its own size.

    Args:
        logits: At the network's input size.
        content_px: Height and width of the part of the input that is image, at the top left.
        sizes_px: Height and width wanted of each image.
        task_kind: How logits are decided.
    Returns:
        Class of each pixel, [h w]; of classes that overlap, layers of 0 and 1, [k h w].
    """
    restored = (restore_size(logits[i : i + 1], content_px, size_px) for i, size_px in enumerate(sizes_px))
    return [decide(one, task_kind)[0] for one in restored]


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
