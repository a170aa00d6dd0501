"""What chance does to differences of means, for all pairs together: that of test images and that of seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segsweep.stats.seeds import SeedVariance

Array = NDArray[np.float64]
Single = NDArray[np.float32]
_SEED = 0
"""The draws are the same in every report of the same runs."""
_TAIL = 0.99
"""Quantile of what chance does to a pair that its interval is a multiple of: heavy tails of one leave others narrow."""
_CHUNK = 2_000_000


@dataclass(frozen=True)
class Chance:
    """What chance does to all pairs of configurations at once."""

    errors: Single
    """Absolute values, [draws, pairs]."""
    image_variance: Array
    """Variance of the difference of a pair that lies in the choice of test images."""
    own_variance: Array
    """The same of each configuration against the mean of all."""

    def half_widths(self, level: float) -> Array:
        """Return the half of each pair's interval; all hold together with probability 1 - level."""
        scale, largest = self._scaled()
        least = np.sort(largest)
        return scale * float(least[min(int(np.ceil((1 - level) * (len(least) + 1))), len(least)) - 1])

    def p_values(self, differences: Array) -> tuple[Array, Array]:
        """Return the p value of each pair, alone, and corrected for all pairs by the largest of all in each draw."""
        scale, largest = self._scaled()
        seen = np.abs(differences) * (1 - 1e-6)
        alone = (1 + (self.errors >= seen.astype(np.float32)).sum(0)) / (1 + len(self.errors))
        reached = len(largest) - np.searchsorted(np.sort(largest), seen / scale)
        return alone, (1 + reached) / (1 + len(largest))

    def _scaled(self) -> tuple[Array, Array]:
        scale = np.maximum(np.quantile(self.errors, _TAIL, axis=0), 1e-12).astype(np.float64)
        return scale, (self.errors / scale.astype(np.float32)).max(1, initial=0.0).astype(np.float64)


def draw_chance(
    means: Array, num_runs: Array, noise: SeedVariance | None, pairs: Sequence[tuple[int, int]], draws: int
) -> Chance:
    """Draw what chance does to the differences of all pairs.

    Each is drawn with the doubt about its own size, so that few images and few seeds count as in Student's t.

    Args:
        means: Score of each image, averaged over a configuration's runs, [configurations, images]; or one column, where
            images could not be paired, so that only the chance of seeds is counted.
        num_runs: Runs of each configuration.
        noise: How much runs differ; None where nobody knows, so that only the chance of images is counted.
        pairs: Numbers of two configurations each.
        draws: How many.
    Source: Hsu, Multiple Comparisons, 1996, ch. 5 (the largest of all pairs); Weerahandi, Journal of the American
        Statistical Association 1993 (errors from several sources, each with its own doubt).
    """
    rng = np.random.default_rng(_SEED)
    first, second = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    left = means - means.mean(0)
    errors, variance = _image_errors(left - left.mean(1, keepdims=True), first, second, draws, rng)
    if noise is not None:
        seeds = noise.draw(num_runs, draws, rng).astype(np.float32)
        errors += seeds[:, first] - seeds[:, second]
    return Chance(np.abs(errors), variance, left.var(1) / max(means.shape[1] - 1, 1))


def _image_errors(
    left: Array, first: NDArray[np.int64], second: NDArray[np.int64], draws: int, rng: np.random.Generator
) -> tuple[Single, Array]:
    """Return what images do to each pair, [draws, pairs], and the variance of each pair's difference.

    Each pair has Student's t, its error drawn too. What configurations have in common cancels in their differences;
    what else they may have in common is not learned from the images at hand, which makes the largest of all larger.
    """
    number, images = left.shape
    errors = np.zeros((draws, len(first)), dtype=np.float32)
    if images < 2:
        return errors, np.zeros(len(first))
    variance = ((left[first] - left[second]) ** 2).sum(1) / (images * (images - 1))
    freedom = _freedom(left)
    step = max(1, _CHUNK // max(number * number, len(first)))
    for start in range(0, draws, step):
        size = min(step, draws - start)
        moved = rng.standard_normal((size, number))
        scatter = _wishart_root(size, freedom, number, rng)
        inner = scatter.transpose(0, 2, 1) @ scatter
        own = np.diagonal(inner, axis1=1, axis2=2)
        squares = own[:, first] + own[:, second] - 2 * inner[:, first, second]
        t = (moved[:, first] - moved[:, second]) / np.sqrt(np.maximum(squares, 1e-30) / freedom)
        errors[start : start + size] = t * np.sqrt(variance)
    return errors, variance


def _freedom(left: Array) -> int:
    """Return the degrees of freedom of the images' error: fewer than images where some weigh more than others.

    Source: Satterthwaite, Biometrics Bulletin 1946.
    """
    number, images = len(left), len(left[0])
    profile = (left**2).mean(0)
    if not profile.any():
        return images - 1
    effective = float(profile.sum() ** 2 / (profile**2).sum()) * (1 + 2 / max(number - 1, 1))
    return max(min(int(effective) - 1, images - 1), 1)


def _wishart_root(draws: int, freedom: int, size: int, rng: np.random.Generator) -> Array:
    """Draw matrices [draws, rows, size] whose squares are Wishart with an identity (Bartlett where that is smaller)."""
    if freedom < size:
        return rng.standard_normal((draws, freedom, size))
    root = np.triu(rng.standard_normal((draws, size, size)), 1)
    places = np.arange(size)
    root[:, places, places] = np.sqrt(rng.chisquare(freedom - places, (draws, size)))
    return root


def t_quantile(probability: float, freedom: int) -> float:
    """Return a quantile of Student's t."""
    from scipy.special import stdtrit  # scipy.stats would take half a second

    return float(stdtrit(freedom, probability))
