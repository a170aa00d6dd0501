"""Better, equal, worse or not known yet: what the scores of configurations say about all their pairs."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from segsweep.stats.advice import describe_need, runs_needed, units_needed
from segsweep.stats.chance import Array, draw_chance
from segsweep.stats.seeds import SeedVariance, fold_variance, seed_variance
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
_FEW_DRAWS = 2_000
OPEN = "the interval leaves both open"
_ONCE = "each configuration was run once: nobody knows what another seed would give"
_ONCE_APART = "it differs on these images, but each configuration was run once: another seed may turn it round"


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
    needs: tuple[str, ...]
    """What would decide it; empty where it is known, or where the reason says it."""
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
    folds: NDArray[np.int64] | None = None,
    margin: float = MARGIN,
    level: float = LEVEL,
    draws: int | None = None,
    compared: Sequence[int] | None = None,
) -> Judged:
    """Compare all pairs of configurations; the choice of the best after looking is included.

    One interval decides: inside (-margin, margin) the two are equal, without 0 one is better, else it is not known.

    Args:
        scores: Of each configuration, [runs, images], the same images in all, more is better; one column where only
            each run's metric is known.
        groups: Number of the group of each image, such as its patient; None: every image is its own.
        is_grouped: Whether a column is that of a group of images already.
        folds: Number of the fold of each column, where a row is that of several runs, each validated on a fold; where
            each was run with one seed, the folds say how much runs differ.
        margin: Difference that is too small to matter.
        level: Probability that any of the intervals is wrong.
        draws: How many draws chance gets; None: enough.
        compared: Numbers of those that are compared, in ascending order; the others only tell how much runs differ.
            None: all.
    """
    if groups is not None:
        scores = [ratio_shares(rows, np.ones_like(rows), groups) for rows in scores]
    pairs = tuple(itertools.combinations(range(len(scores)) if compared is None else compared, 2))
    first, second = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    means, num_runs = np.stack([rows.mean(0) for rows in scores]), np.array([len(rows) for rows in scores], np.float64)
    noise = seed_variance(scores)
    if noise is None and folds is not None:
        noise = fold_variance(means, folds)
    chance = draw_chance(means, num_runs, noise, pairs, draws or _enough(level, len(pairs)))
    whole = means.mean(1)
    difference, half = whole[first] - whole[second], chance.half_widths(level)
    p, p_adjusted = chance.p_values(difference)
    is_repeated = noise is not None and max(num_runs) > 1
    of_images = noise.of_images / num_runs if noise is not None and is_repeated else np.zeros(len(scores))
    of_seeds = np.zeros(len(scores)) if noise is None else noise.lasting
    found = Judged(
        pairs=pairs,
        difference=difference,
        low=difference - half,
        high=difference + half,
        p=p,
        p_adjusted=p_adjusted,
        verdicts=(),
        reasons=(),
        needs=(),
        noise=noise,
        seed_variance=of_seeds[first] + of_seeds[second],
        lasting_variance=np.maximum(chance.image_variance - of_images[first] - of_images[second], 0.0),
        optimism=_optimism(whole, chance.own_variance + of_seeds / num_runs),
    )
    unit = "groups of images" if is_grouped or groups is not None else "test images"
    return _decided(found, num_runs, margin=margin, level=level, num_units=means.shape[1], unit=unit)


def _enough(level: float, num_pairs: int) -> int:
    return max(int(100 / level), min(_DRAWS, _MOST_DRAWN // max(num_pairs, 1)))


def _optimism(whole: Array, variance: Array) -> float:
    """Return how far the highest of several means lies above its true one, on average over what chance may do.

    Source: Efron, Journal of the American Statistical Association 2011 (selection bias, by shrinking to the mean).
    """
    spread = float(whole.var(ddof=1)) if len(whole) > 1 else 0.0
    kept = max(spread - float(variance.mean()), 0.0) / spread if spread else 0.0
    true = whole.mean() + kept * (whole - whole.mean())
    errors = np.random.default_rng(0).standard_normal((_FEW_DRAWS, len(whole))) * np.sqrt(variance)
    return float(np.take_along_axis(errors, (true + errors).argmax(1)[:, None], 1).mean())


def _decided(found: Judged, num_runs: Array, *, margin: float, level: float, num_units: int, unit: str) -> Judged:
    """Return the same with verdicts, and what would decide where they are not known."""
    differs = (found.low > 0) | (found.high < 0)
    is_equal = (found.low > -margin) & (found.high < margin)
    problem = ""
    if num_units < LEAST_UNITS and (num_units > 1 or unit != "test images"):  # one column: only each run's metric
        problem = f"{num_units} {unit} are too few for a verdict: it takes {LEAST_UNITS} at the least"
    verdicts: list[Verdict] = [
        "not known" if problem or found.noise is None else "equal" if equal else _sign(low, high)
        for equal, low, high in zip(is_equal, found.low, found.high, strict=True)
    ]
    gap = np.maximum(np.abs(found.difference), margin - np.abs(found.difference))
    count, parts = len(num_runs), (gap, found.seed_variance, found.lasting_variance)
    runs = runs_needed(*parts, num_configurations=count, level=level)
    units = units_needed(*parts, num_units=num_units, num_configurations=count, level=level)
    reasons, needs = [""] * len(verdicts), [""] * len(verdicts)
    for place, (a, b) in enumerate(found.pairs):
        if verdicts[place] != "not known":
            continue
        if problem or found.noise is None:
            reasons[place] = problem or (_ONCE_APART if differs[place] and num_units > 1 else _ONCE)
            continue
        own = int(min(num_runs[a], num_runs[b]))
        reasons[place] = OPEN
        needs[place] = describe_need(runs[place], units[place], own_runs=own, unit=unit)
    return replace(found, verdicts=tuple(verdicts), reasons=tuple(reasons), needs=tuple(needs))


def _sign(low: float, high: float) -> Verdict:
    return "better" if low > 0 else "worse" if high < 0 else "not known"
