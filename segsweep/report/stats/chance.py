"""What chance does to a difference of means: that of the test images, and that of the seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segsweep.report.stats.seeds import SeedVariance

Array = NDArray[np.float64]
CONFIDENCE = 0.95
_SEED = 0
"""The draws are the same in every report of the same runs."""
_LEAST_DRAWS = 9_999
_DRAWS_PER_PAIR = 40
"""The least p value that draws can give, times the pairs it is corrected for, is then 0.025, half of the level."""
_CHUNK = 2_000_000


@dataclass(frozen=True)
class Differences:
    """All pairs of configurations (a < b by number): a's mean less b's."""

    pairs: tuple[tuple[int, int], ...]
    value: Array
    low: Array
    high: Array
    p: Array
    p_adjusted: Array


def compare_all(means: Array, num_runs: Sequence[int], noise: SeedVariance | None) -> Differences:
    """Compare all pairs of configurations.

    The interval is a percentile bootstrap over images (the same images for both), stretched for few images as a t
    interval is (Hesterberg, The American Statistician 2015, section 5.3); BCa corrects for skew, of which the mean of
    paired differences has little, at the price of a jackknife per pair. The p value is that of random signs of the
    paired differences, which is exact where they are symmetric around 0. To both is added what seeds may have done.

    Args:
        means: Score of each image, averaged over a configuration's runs, [configurations, images], the best first; or
            one column, where images could not be paired, so that only the chance of seeds is counted.
        num_runs: Runs of each configuration.
        noise: How much runs differ; None where nobody knows, so that only the chance of images is counted.
    """
    number = len(means)
    pairs = [(a, b) for a in range(number) for b in range(a + 1, number)]
    rng = np.random.default_rng(_SEED)
    draws = max(_LEAST_DRAWS, _DRAWS_PER_PAIR * len(pairs))
    spread, flips = _image_draws(means, draws, rng)
    if noise is not None:
        spread += noise.draw(num_runs, draws, rng)
        flips += noise.draw(num_runs, draws, rng)
    value, low, high, p = (np.empty(len(pairs)) for _ in range(4))
    whole, few = means.mean(1), spread[:_LEAST_DRAWS]  # ends of 95% need fewer draws than p values near 0
    tails = (100 * (1 - CONFIDENCE) / 2, 100 * (1 + CONFIDENCE) / 2)
    for place, (a, b) in enumerate(pairs):
        value[place] = whole[a] - whole[b]
        low[place], high[place] = value[place] + np.percentile(few[:, a] - few[:, b], tails)
        as_large = np.abs(flips[:, a] - flips[:, b]) >= abs(value[place]) * (1 - 1e-9)
        p[place] = (1 + as_large.sum()) / (1 + draws)
    return Differences(tuple(pairs), value, low, high, p, _corrected(pairs, p))


def _corrected(pairs: Sequence[tuple[int, int]], p: Array) -> Array:
    """Correct p values: those of pairs with the first, which is the best, for their number; others for all pairs.

    What is then called worse than the best is ruled out as the best, and the true best is among the others in 95% of
    sweeps, although the best was picked after looking: whichever it is, only its own pairs could rule it out.

    Source: Gupta, Technometrics 1965 (subset selection); Hsu, Annals of Statistics 1981.
    """
    with_first = np.array([a == 0 for a, _ in pairs], dtype=bool)
    adjusted = holm(p)
    adjusted[with_first] = holm(p[with_first])
    return adjusted


def _image_draws(means: Array, draws: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return what resampling images, and what random signs, make of the means: [draws, configurations], around 0.

    Both are linear in the scores, so that pairs need only the difference of two columns.
    """
    number, images = means.shape
    spread, flips = np.zeros((draws, number)), np.zeros((draws, number))
    if images < 2:
        return spread, flips
    centered = (means - means.mean(1, keepdims=True)).T / images
    raw = (means - means.mean(0)).T / images
    stretch = np.sqrt(images / (images - 1)) * _t_over_normal(images - 1)
    step = max(1, _CHUNK // images)
    for start in range(0, draws, step):
        size = min(step, draws - start)
        drawn = rng.integers(0, images, (size, images)) + np.arange(size)[:, None] * images
        times = np.bincount(drawn.ravel(), minlength=size * images).reshape(size, images)
        spread[start : start + size] = times @ centered * stretch
        signs = rng.integers(0, 2, (size, images), dtype=np.int8) * 2.0 - 1.0
        flips[start : start + size] = signs @ raw
    return spread, flips


def _t_over_normal(freedom: int) -> float:
    return t_quantile((1 + CONFIDENCE) / 2, freedom) / 1.959964


def t_quantile(probability: float, freedom: int) -> float:
    """Return a quantile of Student's t."""
    from scipy.special import stdtrit  # scipy.stats would take half a second

    return float(stdtrit(freedom, probability))


def holm(p: Array) -> Array:
    """Correct p values for their number, so that the chance of any false alarm stays at the level.

    Source: Holm, Scandinavian Journal of Statistics 1979.
    """
    order = np.argsort(p)
    factors = np.arange(len(p), 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * factors))
    return adjusted
