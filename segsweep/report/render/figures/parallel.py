"""Parallel coordinates: each configuration is a line through its choices to its result."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from numpy.typing import NDArray

from segsweep.plots.canvas import new_figure, save, shown
from segsweep.plots.palette import PALE
from segsweep.report.read.comparison import Comparison
from segsweep.report.read.metrics import metric_title
from segsweep.report.read.model import Axis, Row

_MAX_AXES = 10
_MAX_NAMED = 20
"""Values of an axis that are written."""


def draw(comparison: Comparison, path: Path) -> bool:
    """Draw a line for each configuration, the better the darker; tell whether there was anything to draw."""
    swept = [axis for axis in comparison.axes if len(axis.values) > 1][:_MAX_AXES]
    if not swept or len(comparison.ranked) < 2:
        return False
    rows = sorted(comparison.ranked, key=lambda row: row.scores[comparison.metric].mean)
    rows = rows if comparison.direction == "min" else rows[::-1]
    scores = np.array([row.scores[comparison.metric].mean for row in rows])
    worst, best = scores[-1], scores[0]
    figure = new_figure(2.2 * len(swept) + 3, 4.8)
    axes = figure.add_subplot()
    axes.add_collection(_lines(rows, swept, (scores - worst) / ((best - worst) or 1.0)))
    for place, axis in enumerate(swept):
        marks = list(_heights(axis).items())
        _scale(axes, place, axis.name, marks[:: -(-len(marks) // _MAX_NAMED)])
    marks = [(f"{worst + height * (best - worst):.3f}", float(height)) for height in np.linspace(0, 1, 5)]
    _scale(axes, len(swept), metric_title(comparison.metric), marks)
    axes.set(xlim=(-0.1, len(swept) + 0.3), ylim=(-0.06, 1.12))
    axes.axis("off")
    save(figure, path)
    return True


def _lines(rows: Sequence[Row], swept: Sequence[Axis], quality: NDArray[np.float64]) -> LineCollection:
    """Return a line for each row, the worst first, so that the best lies over the others; quality is 0 to 1."""
    heights = [_heights(axis) for axis in swept]
    paths = []
    for row, end in zip(rows, quality, strict=True):
        choices = [of[row.configuration.values[axis.name]] for axis, of in zip(swept, heights, strict=True)]
        paths.append(list(enumerate([*choices, end])))
    colors = colormaps["Blues"](0.25 + 0.75 * quality)
    return LineCollection(paths[::-1], colors=colors[::-1], linewidths=1.0 + 1.5 * quality[::-1] ** 4)


def _heights(axis: Axis) -> dict[str, float]:
    return {value: place / (len(axis.values) - 1) for place, value in enumerate(axis.values)}


def _scale(axes: Axes, place: int, name: str, marks: Sequence[tuple[str, float]]) -> None:
    axes.plot([place, place], [0, 1], color=PALE, linewidth=0.8, zorder=0)
    axes.text(place, 1.06, shown(name), ha="center", fontsize=9, fontweight="bold")
    for text, height in marks:
        behind = {"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 1}
        axes.text(place + 0.02, height, shown(text), va="center", fontsize=7.5, bbox=behind)
