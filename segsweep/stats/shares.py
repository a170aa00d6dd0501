"""The share of each image, or of each group of images, in a score that is a ratio of sums."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def ratio_shares(above: Array, below: Array, groups: NDArray[np.int64] | None = None) -> Array:
    """Return values whose mean is the ratio of the sums, and whose scatter is that of its jackknife.

    A ratio of sums, such as a Dice over the pixels of all images, moves by an image's part of its first-order expansion
    when that image is left out; a large image also leaves less behind, for which its part is divided by what is left.

    Args:
        above: Numerators, [..., images].
        below: Denominators, of the same shape; a ratio whose denominators are all 0 is 0.
        groups: Number of the group of each image, from 0; its images then count as one.
    Returns:
        Shares, [..., images] or [..., groups].
    Source: Efron, Stein, Annals of Statistics 1981 (the jackknife).
    """
    if groups is not None:
        above, below = (_summed(part, groups) for part in (above, below))
    number, whole = below.shape[-1], below.sum(-1, keepdims=True)
    ratio = np.divide(above.sum(-1, keepdims=True), whole, out=np.zeros_like(whole), where=whole > 0)
    own = np.divide(below, whole, out=np.zeros_like(below), where=whole > 0)
    parts = np.divide(number * (above - ratio * below), whole, out=np.zeros_like(above), where=whole > 0)
    parts *= (1 - 1 / number) / np.maximum(1 - own, 1 / number)
    shares: Array = ratio + parts - parts.mean(-1, keepdims=True)
    return shares


def effective_number(below: Array, groups: NDArray[np.int64] | None = None) -> float:
    """Return how many equal images, or groups, would weigh as these do, [..., images]; the mean of several ratios.

    Source: Kish, Survey Sampling, 1965.
    """
    below = below if groups is None else _summed(below, groups)
    whole, squares = below.sum(-1) ** 2, (below**2).sum(-1)
    return float(np.divide(whole, squares, out=np.ones_like(whole), where=squares > 0).mean())


def _summed(values: Array, groups: NDArray[np.int64]) -> Array:
    order = np.argsort(groups, kind="stable")
    starts = np.searchsorted(groups[order], np.arange(groups.max() + 1))
    sums: Array = np.add.reduceat(values[..., order], starts, axis=-1)
    return sums
