"""What repeated runs say: how much the seed alone changes a result, and how many more would settle a gap."""

import math
from collections.abc import Sequence

import numpy as np

from segsweep.report.read.comparison import SeedNoise
from segsweep.report.read.model import Row
from segsweep.stats.seeds import SeedVariance

_ALIKE = 2.0
"""Ratio of standard deviations up to which one number stands for all."""
MORE_SEEDS = "seed=0,1,2"


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
    """Say what would decide between the first and the next that may be as good."""
    rival = next((row for row in rows[1:] if row.standing == "unknown" and row.versus_best is not None), None)
    if rival is None or rival.versus_best is None:
        return ""
    gap = abs(rows[0].scores[metric].mean - rival.scores[metric].mean)
    needs = rival.versus_best.needs
    return f"the gap to {rival.configuration.label} is {gap:.4f}: {needs}" if needs else ""
