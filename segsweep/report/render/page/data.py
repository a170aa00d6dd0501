"""The numbers that the page's code reads: rows for filters and charts, and learning curves."""

from collections.abc import Mapping, Sequence
from typing import Any

from segsweep.plots.palette import SERIES
from segsweep.report.read.comparison import Comparison
from segsweep.report.read.cost import costs_of_row, drawn_costs
from segsweep.report.read.metrics import metric_title
from segsweep.report.read.model import Row
from segsweep.report.render.learning import Curve
from segsweep.report.render.page.ranking import MAX_ROWS, scalar_metrics

NUM_COLORS = len(SERIES)
"""Of curves; page.css has a shade of each for light and for dark paper."""


def page_data(comparison: Comparison, curves: Mapping[str, Sequence[Curve]]) -> dict[str, Any]:
    """Return what the page's code reads, as plain containers.

    Args:
        comparison: The runs.
        curves: Learning curves by metric.
    """
    metrics = scalar_metrics(comparison)
    return {
        "metric": comparison.metric,
        "selectedBy": comparison.selected_by,
        "metrics": {
            name: {"label": metric_title(name), "higher": comparison.directions[name] == "max"} for name in metrics
        },
        "axes": [axis.name for axis in comparison.axes],
        "costs": drawn_costs(comparison),
        "rows": [_row(row, metrics) for row in comparison.rows[:MAX_ROWS]],
        "curves": {metric: [_curve(curve) for curve in found] for metric, found in curves.items()},
    }


def _row(row: Row, metrics: Sequence[str]) -> dict[str, Any]:
    return {
        "id": row.rank,
        "name": row.configuration.label,
        "isRanked": not row.is_apart,
        "values": dict(row.configuration.values),
        "scores": {name: [_short(spread.mean)] for name in metrics if (spread := row.scores.get(name)) is not None},
        "cost": {name: _short(value) for name, value in costs_of_row(row).items()},
    }


def _curve(curve: Curve) -> dict[str, Any]:
    return {
        "row": curve.row.rank,
        "color": (curve.row.rank - 1) % NUM_COLORS,
        "name": curve.row.configuration.label,
        "n": curve.num_runs,
        "epochs": list(curve.epochs),
        **{part: [_short(value) for value in getattr(curve, part)] for part in ("mean", "low", "high")},
    }


def _short(value: float) -> float:
    """Keep six digits: what nobody sees is not sent."""
    return float(f"{value:.6g}")
