"""What chance does to a difference of means: that of the test images, and that of the seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
CONFIDENCE = 0.95
_SEED = 0
"""The draws are the same in every report of the same runs."""
_LEAST_DRAWS = 9_999
_DRAWS_PER_PAIR = 40
"""The least p value that draws can give, times the pairs it is corrected for, is then 0.025, half of the level."""
_CHUNK = 2_000_000


@dataclass(frozen=True)
class SeedVariance:
    """How much runs of one configuration differ, pooled over configurations."""

    total: float
    """Variance of a run's mean over the test images."""
    of_images: float
    """The part of it that lies in single images and is smaller with more of them: counted with the images already."""
    degrees_of_freedom: int

    def draw(self, num_runs: Sequence[int], draws: int, rng: np.random.Generator) -> Array:
        """Draw what seeds add to the means of configurations, [draws, configurations].

        The variance itself is estimated from few runs, so it is drawn too: from the distribution that the data leave
        it (total * df / chi2). Without that, intervals from two or three seeds are too short.
        """
        total = self.total * self.degrees_of_freedom / rng.chisquare(self.degrees_of_freedom, draws)
        sd = np.sqrt(np.maximum(total - self.of_images, 0.0))
        drawn: Array = sd[:, None] * rng.standard_normal((draws, len(num_runs)))
        return drawn / np.sqrt(np.array(num_runs, dtype=np.float64))


@dataclass(frozen=True)
class Differences:
    """All pairs of configurations (a < b by number): a's mean less b's."""

    pairs: tuple[tuple[int, int], ...]
    value: Array
    low: Array
    high: Array
    p: Array
    p_adjusted: Array


def seed_variance(runs: Sequence[Array]) -> SeedVariance | None:
    """Estimate how much runs of one configuration differ.

    Args:
        runs: For each configuration the scores of its runs, [runs, images]; one column where only means are known.
    Returns:
        None where no configuration has two runs.
    """
    replicated = [scores for scores in runs if len(scores) > 1]
    freedom = sum(len(scores) - 1 for scores in replicated)
    if not freedom:
        return None
    total = sum(float(((scores.mean(1) - scores.mean()) ** 2).sum()) for scores in replicated) / freedom
    images = replicated[0].shape[1]
    if images < 2:
        return SeedVariance(total, 0.0, freedom)
    left = sum(float((_doubly_centred(scores) ** 2).sum()) for scores in replicated)
    return SeedVariance(total, left / (freedom * (images - 1)) / images, freedom)


def _doubly_centred(scores: Array) -> Array:
    left: Array = scores - scores.mean(0) - scores.mean(1, keepdims=True) + scores.mean()
    return left


def compare_all(means: Array, num_runs: Sequence[int], noise: SeedVariance | None) -> Differences:
    """Compare all pairs of configurations.

    The interval is a percentile bootstrap over images (the same images for both), stretched for few images as a t
    interval is (Hesterberg, The American Statistician 2015, section 5.3); BCa corrects for skew, of which the mean of
    paired differences has little, at the price of a jackknife per pair. The p value is that of random signs of the
    paired differences, which is exact where they are symmetric around 0. To both is added what seeds may have done.

    Args:
        means: Score of each image, averaged over a configuration's runs, [configurations, images]; or one column, where
            images could not be paired, so that only the chance of seeds is counted.
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
    return Differences(tuple(pairs), value, low, high, p, holm(p))


def _image_draws(means: Array, draws: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return what resampling images, and what random signs, make of the means: [draws, configurations], around 0.

    Both are linear in the scores, so that pairs need only the difference of two columns.
    """
    number, images = means.shape
    spread, flips = np.zeros((draws, number)), np.zeros((draws, number))
    if images < 2:
        return spread, flips
    centred = (means - means.mean(1, keepdims=True)).T / images
    raw = (means - means.mean(0)).T / images
    stretch = np.sqrt(images / (images - 1)) * _t_over_normal(images - 1)
    step = max(1, _CHUNK // images)
    for start in range(0, draws, step):
        size = min(step, draws - start)
        drawn = rng.integers(0, images, (size, images)) + np.arange(size)[:, None] * images
        times = np.bincount(drawn.ravel(), minlength=size * images).reshape(size, images)
        spread[start : start + size] = times @ centred * stretch
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
