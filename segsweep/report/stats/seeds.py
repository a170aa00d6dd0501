"""How much runs of one configuration differ by their seed alone, judged from two or three runs of each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_EQUAL = 1e-12
"""Variance below which runs are equal."""
_LEAST_OF_MEDIAN = 1e-4
"""Runs that are equal to the last digit, as those that all learnt nothing, must not decide what is typical."""


@dataclass(frozen=True)
class SeedVariance:
    """Variance of a run's mean over the test images, of each configuration.

    A network that has not converged differs from run to run a hundred times as much as one that has, so that one
    variance for all would call everything tied. Each configuration keeps its own, drawn towards the typical one as far
    as the configurations agree.
    """

    own: tuple[float, ...]
    of_images: tuple[float, ...]
    """The part that lies in single images and is smaller with more of them: counted with the images already."""
    freedom: tuple[float, ...]
    """Degrees of freedom behind each: its own, and those it borrows from the others."""
    num_degrees: int
    """Degrees of freedom of all runs together."""

    def draw(self, num_runs: Sequence[int], draws: int, rng: np.random.Generator) -> Array:
        """Draw what seeds add to the means of configurations, [draws, configurations].

        A variance that is estimated from few runs is drawn too: from the distribution that the data leave it
        (own * freedom / chi2). Without that, intervals from two or three seeds are too short. What is borrowed errs
        the same way everywhere, so all variances are drawn from the same place of their distributions.
        """
        from scipy.special import gammaincinv

        place = rng.random(draws)
        stretch = {freedom: freedom / (2 * gammaincinv(freedom / 2, place)) for freedom in set(self.freedom)}
        total = np.stack([own * stretch[freedom] for own, freedom in zip(self.own, self.freedom, strict=True)], 1)
        sd = np.sqrt(np.maximum(total - np.array(self.of_images), 0.0))
        drawn: Array = sd * rng.standard_normal((draws, len(num_runs)))
        return drawn / np.sqrt(np.array(num_runs, dtype=np.float64))


def seed_variance(runs: Sequence[Array]) -> SeedVariance | None:
    """Estimate how much runs of each configuration differ.

    Args:
        runs: For each configuration the scores of its runs, [runs, images]; one column where only means are known.
    Returns:
        None where no configuration has two runs.
    Source: Smyth, Statistical Applications in Genetics and Molecular Biology 2004, section 6 (moderated variances).
    """
    degrees = np.array([len(scores) - 1 for scores in runs], dtype=np.float64)
    repeated = degrees > 0
    if not repeated.any():
        return None
    variances = np.array([scores.mean(1).var(ddof=1) if len(scores) > 1 else 0.0 for scores in runs])
    typical, borrowed = _prior(variances[repeated], degrees[repeated])
    total = degrees.sum()
    if np.isinf(borrowed):
        own, freedom = np.full(len(runs), typical), np.full(len(runs), total)
    else:
        own = (borrowed * typical + degrees * variances) / (borrowed + degrees)
        freedom = np.minimum(borrowed + degrees, total)
    of_images = [_of_images(scores) for scores in runs]
    return SeedVariance(tuple(own.tolist()), tuple(of_images), tuple(freedom.tolist()), int(total))


def _prior(variances: Array, degrees: Array) -> tuple[float, float]:
    """Return the typical variance, and the degrees of freedom that it is worth beside a configuration's own.

    The more the variances differ beyond what so few runs explain, the fewer; where they do not, infinitely many.
    """
    from scipy.special import digamma, polygamma

    pooled = float((variances * degrees).sum() / degrees.sum())
    if len(variances) < 2 or pooled < _EQUAL:
        return pooled, np.inf
    least = max(_EQUAL, _LEAST_OF_MEDIAN * float(np.median(variances)))
    logs = np.log(np.maximum(variances, least)) - digamma(degrees / 2) + np.log(degrees / 2)
    spread = float(logs.var(ddof=1) - polygamma(1, degrees / 2).mean())
    if spread <= 0:
        return pooled, np.inf
    half = _inverse_trigamma(spread)
    return float(np.exp(logs.mean() + float(digamma(half)) - np.log(half))), 2 * half


def _inverse_trigamma(value: float) -> float:
    """Solve trigamma(x) = value by Newton's method, which goes up to the solution from below."""
    from scipy.special import polygamma

    x: float = 0.5 + 1 / value
    for _ in range(50):
        trigamma = float(polygamma(1, x))
        step = trigamma * (1 - trigamma / value) / float(polygamma(2, x))
        x += step
        if abs(step) < 1e-9 * x:
            break
    return float(x)


def _of_images(scores: Array) -> float:
    """Return the part of the variance of a run's mean that lies in how runs and single images meet."""
    num_runs, num_images = scores.shape
    if num_runs < 2 or num_images < 2:
        return 0.0
    left = scores - scores.mean(0) - scores.mean(1, keepdims=True) + scores.mean()
    return float((left**2).sum() / ((num_runs - 1) * (num_images - 1) * num_images))
