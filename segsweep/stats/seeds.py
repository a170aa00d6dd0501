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
_BORROWED = np.array([0.5, 0.7, 1.0, 1.4, 2.0, 3.0, 4.0, 6.0, 8.0, 16.0])
"""Degrees of freedom that the typical variance may be worth: at 1 they differ a hundredfold, at 16 by a half."""
_STEPS = 60


@dataclass(frozen=True)
class SeedVariance:
    """Variance of a run's mean over the test images, of each configuration.

    A network that has not converged differs from run to run a hundred times as much as one that has, so that one
    variance for all would find nothing. Each configuration keeps its own, drawn towards the typical one as far as the
    configurations agree. How far they do is not known from a few runs either: all answers count by their likelihood.
    """

    own: Array
    of_images: Array
    """The part that lies in single images and is smaller with more of them: counted with the images already."""
    squares: Array
    """Sum of squares of each configuration."""
    degrees: Array
    """Degrees of freedom of each configuration."""
    borrowed: Array
    """Degrees of freedom that the typical variance is worth, of each answer."""
    typical: Array
    """The typical variance, of each answer."""
    weight: Array
    """Probability of each answer."""

    @property
    def lasting(self) -> Array:
        """Variance of a run's mean without the part that is counted with the images."""
        return np.maximum(self.own - self.of_images, 0.0)

    def draw(self, num_runs: Array, draws: int, rng: np.random.Generator) -> Array:
        """Draw what seeds add to the means of configurations, [draws, configurations].

        A variance that is estimated from few runs is drawn too, from what the data leave possible. Without that,
        intervals from two or three seeds are too short.
        """
        answer = rng.choice(len(self.weight), draws, p=self.weight)
        borrowed, typical = self.borrowed[answer, None], self.typical[answer, None]
        total = (borrowed * typical + self.squares) / rng.chisquare(borrowed + self.degrees)
        sd = np.sqrt(np.maximum(total - self.of_images, 0.0) / num_runs)
        drawn: Array = sd * rng.standard_normal(sd.shape)
        return drawn


def seed_variance(runs: Sequence[Array]) -> SeedVariance | None:
    """Estimate how much runs of each configuration differ.

    Args:
        runs: For each configuration the scores of its runs, [runs, images]; one column where only means are known.
    Returns:
        None where no configuration has two runs.
    Source: Smyth, Statistical Applications in Genetics and Molecular Biology 2004, section 6 (moderated variances),
        with its two parameters integrated over a grid in place of estimated.
    """
    degrees = np.array([len(scores) - 1 for scores in runs], dtype=np.float64)
    if not degrees.any():
        return None
    variances = np.array([scores.mean(1).var(ddof=1) if len(scores) > 1 else 0.0 for scores in runs])
    return _moderated(variances, degrees, np.array([_of_images(scores) for scores in runs]))


def fold_variance(means: Array, folds: NDArray[np.int64]) -> SeedVariance | None:
    """Estimate how much runs differ where each fold has a run of its own, and each configuration one run of each fold.

    What a configuration is on a fold, beyond what it is on all and the fold is to all, is what its run there did, and
    what the images there did, which is counted with the images already.

    Args:
        means: Score of each image, [configurations, images].
        folds: Number of the fold of each image, from 0.
    Returns:
        None where there is one fold, or one configuration.
    """
    number, images, num_folds = len(means), len(folds), int(folds.max()) + 1
    if number < 2 or num_folds < 2:
        return None
    left = means - means.mean(0)
    left = (left - left.mean(1, keepdims=True)) * np.sqrt(number / (number - 1))
    member = (folds == np.arange(num_folds)[:, None]).astype(np.float64)
    of_folds = left @ member.T
    variances = num_folds / (num_folds - 1) * (of_folds**2).sum(1) / images**2
    within = left - (of_folds / member.sum(1)) @ member
    degrees = np.full(number, (num_folds - 1) * (number - 1) / number)
    return _moderated(variances, degrees, (within**2).sum(1) / (images * max(images - num_folds, 1)))


def _moderated(variances: Array, degrees: Array, of_images: Array) -> SeedVariance:
    repeated = degrees > 0
    borrowed, typical, weight = _answers(variances[repeated], degrees[repeated])
    squares = degrees * variances
    precision = (borrowed[:, None] + degrees) / ((borrowed * typical)[:, None] + squares)
    return SeedVariance(
        own=1 / (weight @ precision),
        of_images=of_images,
        squares=squares,
        degrees=degrees,
        borrowed=borrowed,
        typical=typical,
        weight=weight,
    )


def _answers(variances: Array, degrees: Array) -> tuple[Array, Array, Array]:
    """Return the typical variances and their worth that the data allow, and the probability of each."""
    from scipy.special import gammaln

    variances = np.maximum(variances, max(_EQUAL, _LEAST_OF_MEDIAN * float(np.median(variances))))
    ends = np.log(variances.min()) - 3, np.log(variances.max()) + 3
    borrowed, log_typical = (part.ravel() for part in np.meshgrid(_BORROWED, np.linspace(*ends, _STEPS)))
    typical = np.exp(log_typical)
    d0, ratio = borrowed[:, None], variances / typical[:, None]
    likelihood = (
        gammaln((degrees + d0) / 2)
        - gammaln(d0 / 2)
        + degrees / 2 * np.log(degrees / d0 * ratio)
        - (degrees + d0) / 2 * np.log1p(degrees / d0 * ratio)
    ).sum(1)
    weight = np.exp(likelihood - likelihood.max())
    return borrowed, typical, weight / weight.sum()


def _of_images(scores: Array) -> float:
    """Return the part of the variance of a run's mean that lies in how runs and single images meet."""
    num_runs, num_images = scores.shape
    if num_runs < 2 or num_images < 2:
        return 0.0
    left = scores - scores.mean(0) - scores.mean(1, keepdims=True) + scores.mean()
    return float((left**2).sum() / ((num_runs - 1) * (num_images - 1) * num_images))
