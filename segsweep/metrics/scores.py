"""From pixel counts to scores of classes and their means; `metrics.spec` states every formula.

A class that neither the truth nor the prediction holds is NaN in every score and left out of every mean. A class that
is predicted but never true has IoU 0, and counts. A mean over no class is NaN. Of a binary task the foreground alone is
scored.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float64, Int64
from torch import Tensor

from segsweep.core.registry import build
from segsweep.metrics.spec import Metric, Parts, counted_metrics

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


def score_classes(o: Outcomes) -> dict[str, Tensor]:
    """Return every score of each class, `[c]`, or of each image and class, `[n c]`."""
    return {name: values for row in counted_metrics() for values in [_score(row, o)] for name in row.of_class}


def _score(row: Metric, o: Outcomes) -> Scores:
    """Return a score; NaN for a class that neither truth nor prediction holds."""
    if row.ratio is None:
        score: Tensor = build(row.per_class, o).double()
    else:
        part, whole = (_weighed(o, weights) for weights in row.ratio)
        score = part.double() / whole.clamp_min(1)  # 0 / 0 is 0
    return score.masked_fill(o.tp + o.fp + o.fn == 0, torch.nan)


def _weighed(o: Outcomes, weights: Parts) -> Tensor:
    return torch.stack([times * pixels for times, pixels in zip(weights, o, strict=True) if times]).sum(0)


def mean_over_classes(per_class: dict[str, Tensor], o: Outcomes, *, exclusive: bool) -> dict[str, Tensor]:
    """Return the means over the classes that occur: `miou`, `dice`, `f1`, `precision`, `recall`, and `accuracy`.

    `exclusive` says whether a pixel has one class; else each channel has its own right and wrong.
    """
    means: dict[str, Tensor] = {}
    for row in counted_metrics():
        whole = build(row.overall.build, o, exclusive=exclusive) if row.overall else per_class[row.name].nanmean(-1)
        means |= dict.fromkeys(row.means, whole)
    return means


def accuracy(o: Outcomes, *, exclusive: bool) -> Float64[Tensor, "*images"]:
    """Return how many of all labelled pixels are right, of all channels unless classes exclude each other; else NaN."""
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
