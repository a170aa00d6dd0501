"""Learning curves of configurations: the mean of their replicates and the band that these span."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from segsweep.core.files import read_csv
from segsweep.plots.palette import SERIES
from segsweep.report.read.comparison import Comparison
from segsweep.report.read.model import Row
from segsweep.runs.folder import HISTORY_FILE

MAX_CURVES = len(SERIES)
"""Configurations in one picture: as many as there are colors that can be told apart."""


@dataclass(frozen=True)
class Curve:
    """A metric of a configuration over the epochs."""

    row: Row
    epochs: tuple[float, ...]
    """Epochs that every replicate measured."""
    mean: tuple[float, ...]
    low: tuple[float, ...]
    """The lowest replicate."""
    high: tuple[float, ...]
    num_runs: int


def learning_curves(comparison: Comparison, *, limit: int = MAX_CURVES) -> dict[str, list[Curve]]:
    """Read the curves of the best configurations, by metric: that of the ranking as validated, IoU, Dice, losses.

    Args:
        comparison: The runs; those without a readable history are passed over.
        limit: Configurations, the best first.
    """
    histories = {row.rank: _histories(row) for row in comparison.rows[:limit]}
    wanted = (f"val/{comparison.metric.partition('/')[2]}", "val/miou", "val/dice", "val/loss", "train/loss")
    curves = {}
    for metric in dict.fromkeys(wanted):
        found = [_curve(row, histories[row.rank], metric) for row in comparison.rows[:limit]]
        if any(found):
            curves[metric] = [curve for curve in found if curve is not None]
    return curves


def _histories(row: Row) -> list[list[dict[str, float]]]:
    read = (_history(run.folder) for run in row.configuration.runs)
    return [rows for rows in read if rows]


def _history(folder: Path) -> list[dict[str, float]]:
    try:
        return read_csv(folder / HISTORY_FILE)
    except (OSError, ValueError, TypeError, UnicodeDecodeError):
        return []


def _curve(row: Row, histories: Sequence[list[dict[str, float]]], metric: str) -> Curve | None:
    measured = [
        {
            entry["epoch"]: entry[metric]
            for entry in rows
            if "epoch" in entry and math.isfinite(entry.get(metric, math.nan))
        }
        for rows in histories
    ]
    measured = [points for points in measured if points]
    if not measured:
        return None
    epochs = sorted(set.intersection(*map(set, measured)))
    if not epochs:
        return None
    at = [[points[epoch] for points in measured] for epoch in epochs]
    return Curve(
        row,
        tuple(epochs),
        tuple(sum(values) / len(values) for values in at),
        tuple(map(min, at)),
        tuple(map(max, at)),
        len(measured),
    )
