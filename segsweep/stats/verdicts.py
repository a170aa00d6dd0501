"""Better, equal, worse or not known yet: what the scores of configurations say about all their pairs."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from segsweep.stats.chance import Array, draw_chance
from segsweep.stats.seeds import SeedVariance, seed_variance
from segsweep.stats.shares import ratio_shares

Verdict = Literal["better", "worse", "equal", "not known"]
MARGIN = 0.01
"""Difference in Dice or IoU up to which configurations count as equal."""
LEVEL = 0.05
LEAST_UNITS = 8
"""Independent images or groups of them below which no verdict is given."""
_DRAWS = 10_000
_MOST_DRAWN = 6_000_000
"""Draws times pairs."""


@dataclass(frozen=True)
class Judged:
    """All pairs (a < b by position) of configurations, with intervals that hold together."""

    pairs: tuple[tuple[int, int], ...]
    difference: Array
    """The first's mean less the second's."""
    low: Array
    high: Array
    p: Array
    """Of each pair alone."""
    p_adjusted: Array
    """Corrected for all pairs."""
    verdicts: tuple[Verdict, ...]
    """Of the first against the second."""
    reasons: tuple[str, ...]
    """Why a verdict is "not known"; empty where it is known."""
    noise: SeedVariance | None
    """How much runs of each configuration differ; None where each was run once."""
    seed_variance: Array
    """Variance of the difference of a single run of each, by their seeds."""
    lasting_variance: Array
    """Variance of the difference that more runs would not make smaller: it lies in the choice of test images."""
    optimism: float
    """How much the highest mean is likely to lie above its true one, because it was picked as the highest."""


def judge(
    scores: Sequence[Array],
    *,
    groups: NDArray[np.int64] | None = None,
    is_grouped: bool = False,
    margin: float = MARGIN,
    level: float = LEVEL,
    draws: int | None = None,
) -> Judged:
    """Compare all pairs of configurations; the choice of the best after looking is included.

    One interval decides: inside (-margin, margin) the two are equal, without 0 one is better, else it is not known.

    Args:
        scores: Of each configuration, [runs, images], the same images in all, more is better; one column where only
            each run's metric is known.
        groups: Number of the group of each image, such as its patient; None: every image is its own.
        is_grouped: Whether a column is that of a group of images already.
        margin: Difference that is too small to matter.
        level: Probability that any of the intervals is wrong.
        draws: How many draws chance gets; None: enough.
    """
    if groups is not None:
        scores = [ratio_shares(rows, np.ones_like(rows), groups) for rows in scores]
    pairs = list(itertools.combinations(range(len(scores)), 2))
    means, num_runs = (
        np.stack([rows.mean(0) for rows in scores]),
        np.array([len(rows) for rows in scores], dtype=np.float64),
    )
    noise = seed_variance(scores)
    draws = draws or max(int(100 / level), min(_DRAWS, _MOST_DRAWN // max(len(pairs), 1)))
    chance = draw_chance(means, num_runs, noise, pairs, draws)
    first, second = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    whole = means.mean(1)
    difference = whole[first] - whole[second]
    half = chance.half_widths(level) if pairs else np.zeros(0)
    p, adjusted = chance.p_values(difference) if pairs else (half, half)
    single = np.zeros(len(scores)) if noise is None else noise.of_images / num_runs
    of_seeds = np.zeros(len(scores)) if noise is None else noise.lasting
    problem = _problem(means.shape[1], noise, is_grouped=is_grouped or groups is not None)
    verdicts = [_verdict(*ends, margin, problem) for ends in zip(difference - half, difference + half, strict=True)]
    return Judged(
        pairs=tuple(pairs),
        difference=difference,
        low=difference - half,
        high=difference + half,
        p=p,
        p_adjusted=adjusted,
        verdicts=tuple(verdicts),
        reasons=tuple((problem or "the interval decides neither way") if v == "not known" else "" for v in verdicts),
        noise=noise,
        seed_variance=of_seeds[first] + of_seeds[second],
        lasting_variance=np.maximum(chance.image_variance - single[first] - single[second], 0.0),
        optimism=0.0,
    )


def _verdict(low: float, high: float, margin: float, problem: str) -> Verdict:
    if problem:
        return "not known"
    if -margin < low and high < margin:
        return "equal"
    if low > 0:
        return "better"
    return "worse" if high < 0 else "not known"


def _problem(num_units: int, noise: SeedVariance | None, *, is_grouped: bool) -> str:
    """Return why nothing can be known; empty where it can."""
    if 1 < num_units < LEAST_UNITS:
        what = "groups of images" if is_grouped else "test images"
        return f"{num_units} {what} are too few: it takes {LEAST_UNITS} at the least"
    if noise is None:
        return "each configuration was run once: nobody knows what another seed would give"
    return ""
