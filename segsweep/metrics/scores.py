"""From pixel counts to scores; all pixels of a data set are pooled before anything is divided.

`counts` is what `PixelCounts.counts` returns: a matrix [c c] of one decision among c classes, or [k 2 2], a yes or no
for each of k channels. Rows are truth, columns are prediction. With tp, fp, fn, tn of one class:

| score     | of a class          | 0 / 0                         | mean                                       |
|-----------|---------------------|-------------------------------|--------------------------------------------|
| iou       | tp / (tp + fp + fn) | NaN                           | over classes, as miou                      |
| dice, f1  | 2tp / (2tp + fp + fn) | NaN                         | over classes; the two are one number       |
| precision | tp / (tp + fp)      | 0: in the truth, never found  | over classes                               |
| recall    | tp / (tp + fn)      | 0: predicted, never true      | over classes                               |
| accuracy  | (tp + tn) / all     | NaN                           | right over all pixels (and all channels)   |

A class that neither the truth nor the prediction holds is NaN in every row and left out of every mean. A class that is
predicted but never true has IoU 0, and counts. A mean over no class is NaN. A binary task scores its foreground alone.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float64, Int64
from torch import Tensor

Counts = Int64[Tensor, "c c"] | Int64[Tensor, "k 2 2"]
PerClass = Float64[Tensor, " c"]


class Outcomes(NamedTuple):
    """Pixels of each class against all others."""

    tp: Int64[Tensor, " c"]
    fp: Int64[Tensor, " c"]
    fn: Int64[Tensor, " c"]
    tn: Int64[Tensor, " c"]


def outcomes(counts: Counts) -> Outcomes:
    """Return tp, fp, fn and tn of each class."""
    if counts.dim() == 3:
        return Outcomes(tp=counts[:, 1, 1], fp=counts[:, 0, 1], fn=counts[:, 1, 0], tn=counts[:, 0, 0])
    tp = counts.diagonal()
    fp, fn = counts.sum(0) - tp, counts.sum(1) - tp
    return Outcomes(tp=tp, fp=fp, fn=fn, tn=counts.sum() - tp - fp - fn)


def iou_per_class(counts: Counts) -> PerClass:
    """Return the intersection over the union of truth and prediction.

    Source: Everingham et al., The PASCAL visual object classes challenge, IJCV 2015.
    """
    o = outcomes(counts)
    return _divide(o.tp, o.tp + o.fp + o.fn, o)


def dice_per_class(counts: Counts) -> PerClass:
    """Return the Dice coefficient, which is also the F1 score.

    Source: Dice, Ecology 1945.
    """
    o = outcomes(counts)
    return _divide(2 * o.tp, 2 * o.tp + o.fp + o.fn, o)


def precision_per_class(counts: Counts) -> PerClass:
    """Return how much of what was predicted is true."""
    o = outcomes(counts)
    return _divide(o.tp, o.tp + o.fp, o)


def recall_per_class(counts: Counts) -> PerClass:
    """Return how much of what is true was predicted."""
    o = outcomes(counts)
    return _divide(o.tp, o.tp + o.fn, o)


def accuracy_per_class(counts: Counts) -> PerClass:
    """Return how many of all pixels are on the right side of one class against all others."""
    o = outcomes(counts)
    return _divide(o.tp + o.tn, o.tp + o.fp + o.fn + o.tn, o)


def accuracy(counts: Counts) -> float:
    """Return how many of all labelled pixels, or of all pixels of all channels, are right; NaN if there are none."""
    right = counts.diagonal(dim1=-2, dim2=-1).sum().double()
    return float(right / counts.sum())


PER_CLASS: dict[str, Callable[[Counts], PerClass]] = {
    "iou": iou_per_class,
    "dice": dice_per_class,
    "f1": dice_per_class,
    "precision": precision_per_class,
    "recall": recall_per_class,
    "accuracy": accuracy_per_class,
}


def score_names(counts: Counts, class_names: Sequence[str]) -> dict[str, float]:
    """Return all scores: `miou`, `dice`, `f1`, `precision`, `recall`, `accuracy`, and each as `iou/CLASS`.

    Args:
        counts: Labelled pixels, at most 2 ** 53 of them.
        class_names: One name for each class or channel of the counts.
    """
    per_class = {name: score(counts) for name, score in PER_CLASS.items()}
    means = {name: float(values.nanmean()) for name, values in per_class.items()}
    scores = {"miou": means.pop("iou"), **means, "accuracy": accuracy(counts)}
    for name, values in per_class.items():
        scores.update({f"{name}/{of}": value for of, value in zip(class_names, values.tolist(), strict=True)})
    return scores


def _divide(part: Int64[Tensor, " c"], whole: Int64[Tensor, " c"], o: Outcomes) -> PerClass:
    """Divide in float64; 0 / 0 is 0, but NaN for a class that neither truth nor prediction holds."""
    score = part.double() / whole.clamp_min(1)
    return score.masked_fill(o.tp + o.fp + o.fn == 0, torch.nan)
