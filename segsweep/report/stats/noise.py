"""What repeated runs say: how much the seed alone changes a result, and how many more would settle a gap."""

import math
from collections.abc import Sequence

import numpy as np

from segsweep.report.read.model import Row, SeedNoise
from segsweep.stats.chance import t_quantile
from segsweep.stats.seeds import SeedVariance

POWER = 0.8
"""Chance of finding a gap that is there, with the number of runs that is advised."""
MOST_RUNS = 100
_ALIKE = 2.0
"""Ratio of standard deviations up to which one number stands for all."""
MORE_SEEDS = "seed=0,1,2"


def runs_needed(gap: float, seed_variance: float, lasting_variance: float) -> int | None:
    """Return how many runs of each of two configurations would show a gap of their means in 4 of 5 cases.

    Args:
        gap: True difference of the means.
        seed_variance: Variance of the difference of a single run of each.
        lasting_variance: Variance of the difference that more runs do not make smaller: that of the test images.
    Returns:
        None where it is more than `MOST_RUNS`, or where more test images are what is missing.
    Source: Chow, Shao, Wang, Sample Size Calculations in Clinical Research, 2008, ch. 3.2.
    """
    for number in range(2, MOST_RUNS + 1):
        freedom = 2 * number - 2
        reach = t_quantile(0.975, freedom) + t_quantile(POWER, freedom)
        if reach * math.sqrt(seed_variance / number + lasting_variance) <= abs(gap):
            return number
    return None


def describe_noise(rows: Sequence[Row], noise: SeedVariance | None, *, metric: str, name: str) -> SeedNoise:
    """Say what is known of the seeds' noise, and what would settle the gap between the first and the next.

    Args:
        rows: The ranking.
        noise: Of the configurations that were compared.
        metric: The one that is compared.
        name: The metric as it is said: Dice.
    """
    if noise is None:
        words = (
            "Every configuration was run once, so nobody knows how much a repeated run would differ by its seed alone."
        )
        return SeedNoise(None, words, f"run {'each' if len(rows) > 1 else 'it'} again with {MORE_SEEDS}")
    replicated = sum(len(row.configuration.runs) > 1 for row in rows)
    sd = math.sqrt(float(np.median(noise.own)))
    least, most = (math.sqrt(float(of(noise.own))) for of in (np.min, np.max))
    span = "" if most < _ALIKE * least else f", {least:.4f} to {most:.4f} from one to another"
    words = (
        f"A repeated run differs by its {_cause(rows)} alone: {name} has a standard deviation of typically {sd:.4f} "
        f"between runs of one configuration{span} ({replicated} of {len(rows)} have more than one run)."
    )
    return SeedNoise(sd, words, _advice(rows, metric))


def _cause(rows: Sequence[Row]) -> str:
    folds = {run.replicate[1] for row in rows for run in row.configuration.runs}
    return "seed" if folds == {None} else "seed and fold"


def _advice(rows: Sequence[Row], metric: str) -> str:
    rival = next((row for row in rows[1:] if row.standing == "unknown" and row.versus_best is not None), None)
    if rival is None or rival.versus_best is None:
        return ""
    gap = abs(rows[0].scores[metric].mean - rival.scores[metric].mean)
    if not gap:
        return f"it has the same value as {rival.configuration.label}"
    own = min(len(rows[0].configuration.runs), len(rival.configuration.runs))
    needed = runs_needed(gap, rival.versus_best.seed_variance, rival.versus_best.lasting_variance)
    to_it = f"the gap of {gap:.4f} to {rival.configuration.label}"
    if needed is not None:
        again = "" if needed > own else ", and did not here"
        return f"{needed} runs of each would show {to_it} in 4 of 5 cases{again}"
    if runs_needed(gap, rival.versus_best.seed_variance, 0.0) is not None:
        return f"more runs alone would not settle {to_it}: it takes more test images"
    return f"more than {MOST_RUNS} runs of each would be needed to settle {to_it}"
