"""From pixel counts to scores of classes and their means; `metrics.table` states every formula.

A class that neither the truth nor the prediction holds is NaN in every score and left out of every mean. A class that
is predicted but never true has IoU 0, and counts. A mean over no class is NaN. Of a binary task the foreground alone is
scored.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float64, Int64
from torch import Tensor

Scores = Float64[Tensor, "*images c"]


class Outcomes(NamedTuple):
    """Pixels of each class against all others, up to 2 ** 53 of them; `[c]` over all images, `[n c]` for each."""

    tp: Tensor
    fp: Tensor
    fn: Tensor
    tn: Tensor


def outcomes_of_classes(counts: Int64[Tensor, "*n c c"]) -> Outcomes:
    """Return tp, fp, fn and tn of classes that exclude each other; rows are truth, columns are prediction."""
    tp = counts.diagonal(dim1=-2, dim2=-1)
    fp, fn = counts.sum(-2) - tp, counts.sum(-1) - tp
    return Outcomes(tp=tp, fp=fp, fn=fn, tn=counts.sum((-2, -1)).unsqueeze(-1) - tp - fp - fn)


def outcomes_of_channels(counts: Int64[Tensor, "*n k 2 2"]) -> Outcomes:
    """Return tp, fp, fn and tn of channels that are decided apart; rows are truth, columns are prediction."""
    return Outcomes(tp=counts[..., 1, 1], fp=counts[..., 0, 1], fn=counts[..., 1, 0], tn=counts[..., 0, 0])


def iou_per_class(o: Outcomes) -> Scores:
    """Return the intersection over the union of truth and prediction.

    Source: Everingham et al., The PASCAL visual object classes challenge, IJCV 2015.
    """
    return _divide(o.tp, o.tp + o.fp + o.fn, o)


def dice_per_class(o: Outcomes) -> Scores:
    """Return the Dice coefficient, which is also the F1 score.

    Source: Dice, Ecology 1945.
    """
    return _divide(2 * o.tp, 2 * o.tp + o.fp + o.fn, o)


def precision_per_class(o: Outcomes) -> Scores:
    """Return how much of what was predicted is true."""
    return _divide(o.tp, o.tp + o.fp, o)


def recall_per_class(o: Outcomes) -> Scores:
    """Return how much of what is true was predicted."""
    return _divide(o.tp, o.tp + o.fn, o)


def accuracy_per_class(o: Outcomes) -> Scores:
    """Return how many of all pixels are on the right side of one class against all others."""
    return _divide(o.tp + o.tn, o.tp + o.fp + o.fn + o.tn, o)


def accuracy(o: Outcomes, *, exclusive: bool) -> Float64[Tensor, "*images"]:
    """Return how many of all labelled pixels, or of all pixels of all channels, are right; NaN if there are none.

    Args:
        o: Counts of all classes.
        exclusive: Whether a pixel has one class; else each channel has its own right and wrong.
    """
    labelled = o.tp + o.fp + o.fn + o.tn
    if exclusive:
        return o.tp.sum(-1).double() / labelled[..., 0]
    return (o.tp + o.tn).sum(-1).double() / labelled.sum(-1)


def competition_dice(o: Outcomes, eps: float = 1e-4) -> float:
    """Return the hand-bone competition's score: the mean over images, then over classes, of (2tp + eps) / (size + eps).

    A class that an image neither holds nor predicts scores 1 there.

    Args:
        o: Counts of each image, [n c].
        eps: Pixels added to both sides.
    Source: `dice_coef` of the hand-bone X-ray segmentation competition.
    """
    both, size = (2 * o.tp).double(), (2 * o.tp + o.fp + o.fn).double()
    return float(((both + eps) / (size + eps)).mean(0).mean())


PER_CLASS: dict[str, Callable[[Outcomes], Tensor]] = {
    "iou": iou_per_class,
    "dice": dice_per_class,
    "f1": dice_per_class,
    "precision": precision_per_class,
    "recall": recall_per_class,
    "accuracy": accuracy_per_class,
}


def score_classes(o: Outcomes) -> dict[str, Tensor]:
    """Return every score of each class, `[c]`, or of each image and class, `[n c]`."""
    return {name: score(o) for name, score in PER_CLASS.items()}


def mean_over_classes(per_class: dict[str, Tensor], o: Outcomes, *, exclusive: bool) -> dict[str, Tensor]:
    """Return the means over the classes that occur: `miou`, `dice`, `f1`, `precision`, `recall`, and `accuracy`."""
    means = {name: values.nanmean(-1) for name, values in per_class.items()}
    return {"miou": means.pop("iou"), **means, "accuracy": accuracy(o, exclusive=exclusive)}


def _divide(part: Int64[Tensor, "*images c"], whole: Int64[Tensor, "*images c"], o: Outcomes) -> Scores:
    """Divide in float64; 0 / 0 is 0, but NaN for a class that neither truth nor prediction holds."""
    score = part.double() / whole.clamp_min(1)
    return score.masked_fill(o.tp + o.fp + o.fn == 0, torch.nan)
