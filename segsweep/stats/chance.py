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

    def half_widths(self, level: float) -> Array:
        """Return the half of each pair's interval; all hold together with probability 1 - level."""
        scale, largest = self._scaled()
        least = np.sort(largest)
        return scale * float(least[min(int(np.ceil((1 - level) * (len(least) + 1))), len(least)) - 1])

    def p_values(self, differences: Array) -> tuple[Array, Array]:
        """Return the p value of each pair, alone and corrected for all pairs (by the largest of all in each draw)."""
        scale, largest = self._scaled()
        seen = np.abs(differences) * (1 - 1e-6)
        alone = (1 + (self.errors >= seen.astype(np.float32)).sum(0)) / (1 + len(self.errors))
        reached = len(largest) - np.searchsorted(np.sort(largest), seen / scale)
        return alone, (1 + reached) / (1 + len(largest))

    def _scaled(self) -> tuple[Array, Array]:
        scale = np.maximum(np.quantile(self.errors, _TAIL, axis=0), 1e-12).astype(np.float64)
        return scale, (self.errors / scale.astype(np.float32)).max(1).astype(np.float64)


def draw_chance(
    means: Array, num_runs: Array, noise: SeedVariance | None, pairs: Sequence[tuple[int, int]], draws: int
) -> Chance:
    """Draw what chance does to the differences of all pairs.

    Images are drawn by a wild bootstrap whose error is taken anew in each draw, so that few images, and configurations
    that differ in how much images scatter, count as in Student's t. To it is added what seeds may have done.

    Args:
        means: Score of each image, averaged over a configuration's runs, [configurations, images]; or one column, where
            images could not be paired, so that only the chance of seeds is counted.
        num_runs: Runs of each configuration.
        noise: How much runs differ; None where nobody knows, so that only the chance of images is counted.
        pairs: Numbers of two configurations each.
        draws: How many.
    Source: Wu, Annals of Statistics 1986 (wild bootstrap); Romano, Wolf, Econometrica 2005 (the largest of all pairs).
    """
    rng = np.random.default_rng(_SEED)
    first, second = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    errors, variance = _image_errors(means, first, second, draws, rng)
    if noise is not None:
        seeds = noise.draw(num_runs, draws, rng).astype(np.float32)
        errors += seeds[:, first] - seeds[:, second]
    return Chance(np.abs(errors), variance)


def _image_errors(
    means: Array, first: NDArray[np.int64], second: NDArray[np.int64], draws: int, rng: np.random.Generator
) -> tuple[Single, Array]:
    images = means.shape[1]
    errors = np.zeros((draws, len(first)), dtype=np.float32)
    if images < 2:
        return errors, np.zeros(len(first))
    centered = means - means.mean(1, keepdims=True)
    squares = (centered[first] - centered[second]).T ** 2
    variance = squares.sum(0) / (images * (images - 1))
    step = max(1, _CHUNK // max(images, len(first)))
    for start in range(0, draws, step):
        weights = rng.standard_normal((min(step, draws - start), images))
        moved = weights @ centered.T / images
        of_pairs = moved[:, first] - moved[:, second]
        spread = ((weights**2) @ squares / images - of_pairs**2) / (images - 1)
        stretch = np.sqrt(variance / np.maximum(spread, 1e-30))
        errors[start : start + len(weights)] = of_pairs * stretch
    return errors, variance


def t_quantile(probability: float, freedom: int) -> float:
    """Return a quantile of Student's t."""
    from scipy.special import stdtrit  # scipy.stats would take half a second

    return float(stdtrit(freedom, probability))
