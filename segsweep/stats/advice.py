"""What would decide where the interval of a pair does not: more runs, more images, or nothing that is worth it."""

import numpy as np

from segsweep.stats.chance import Array, t_quantile

POWER = 0.8
"""Chance of a decision with the number of runs that is advised, if the difference is what it seems."""
MOST_RUNS = 100
_MANY_RUNS = 20
"""Runs of each that are thought of where it takes more images."""


def runs_needed(
    gap: Array, seed_variance: Array, lasting_variance: Array, *, num_configurations: int = 2, level: float = 0.05
) -> Array:
    """Return how many runs of each configuration would decide pairs, 0 where `MOST_RUNS` would not.

    Args:
        gap: What the half of the interval must stay below: the difference, or what is left of the margin.
        seed_variance: Variance of the difference of a single run of each.
        lasting_variance: Variance of the difference that more runs do not make smaller: that of the test images.
        num_configurations: How many are compared; all pairs of them are corrected for.
        level: Probability that any of the intervals is wrong.
    Source: Chow, Shao, Wang, Sample Size Calculations in Clinical Research, 2008, ch. 3.2.
    """
    numbers = np.arange(2, MOST_RUNS + 1)
    reach = np.array([_reach(int(number), num_configurations, level) for number in numbers])
    error = np.sqrt(seed_variance[:, None] / numbers + lasting_variance[:, None])
    enough = reach * error <= gap[:, None]
    found: Array = np.where(enough.any(1), numbers[enough.argmax(1)], 0).astype(np.float64)
    return found


def units_needed(
    gap: Array, seed_variance: Array, lasting_variance: Array, *, num_units: int, num_configurations: int, level: float
) -> Array:
    """Return how many images, or groups of them, would decide pairs with many runs of each; 0 where none would."""
    room = (gap / _reach(_MANY_RUNS, num_configurations, level)) ** 2 - seed_variance / _MANY_RUNS
    found: Array = np.divide(num_units * lasting_variance, room, out=np.zeros_like(room), where=room > 0)
    return np.ceil(found)


def describe_need(runs: float, units: float, *, own_runs: int, unit: str) -> str:
    """Say what would decide a pair.

    Args:
        runs: Of each, 0 where no number of them would do.
        units: Images or groups, 0 where no number of them would do.
        own_runs: Of the configuration of the pair that has fewer.
        unit: What images count as: test images, or groups of images.
    """
    if runs:
        return f"{max(int(runs), own_runs + 1)} runs of each would decide it in 4 of 5 cases"
    if units:
        return f"more runs alone would not decide it: it takes about {int(units):,} {unit}"
    return f"more than {MOST_RUNS} runs of each would be needed: take either"


def _reach(runs: int, num_configurations: int, level: float) -> float:
    """Return how many errors the half of an interval is long, with what it takes to be above it most of the time."""
    pairs = max(num_configurations * (num_configurations - 1) / 2, 1)
    freedom = num_configurations * (runs - 1)
    return t_quantile(1 - level / 2 / pairs, freedom) + t_quantile(POWER, freedom)
