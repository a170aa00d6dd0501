"""Scores by class as a map of colors, with the winner of each class."""

from pathlib import Path

import numpy as np
from matplotlib.patches import Rectangle

from segsweep.plots.canvas import new_figure, save, shown
from segsweep.plots.palette import BEST
from segsweep.report.read.comparison import Comparison
from segsweep.report.read.metrics import metric_title
from segsweep.report.render.tables import by_class
from segsweep.report.render.words import LONGEST_NAME

_MAX_WRITTEN = 25
"""Classes whose scores are written into the cells."""


def draw(comparison: Comparison, path: Path) -> bool:
    """Draw the best configurations by classes; tell whether there was anything to draw."""
    found = by_class(comparison)
    if found is None:
        return False
    values = np.array([[np.nan if score is None else score for score in scores] for scores in found.scores])
    best_is_high = found.direction == "max"
    low, high = np.nanmin(values, axis=0), np.nanmax(values, axis=0)
    share = (values - low) / np.where(high > low, high - low, 1.0)
    is_written = len(found.classes) <= _MAX_WRITTEN
    figure = new_figure(4.5 + (0.75 if is_written else 0.4) * len(found.classes), 1.6 + 0.3 * len(found.rows))
    axes = figure.add_subplot()
    axes.imshow(share if best_is_high else 1 - share, cmap="Blues", vmin=0, vmax=1.6, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        is_best = value == (high if best_is_high else low)[column]
        if is_best:
            axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, edgecolor=BEST, linewidth=1.8))
        if is_written and not np.isnan(value):
            weight = "bold" if is_best else "normal"
            axes.text(column, row, f"{value:.3f}", ha="center", va="center", fontsize=8, fontweight=weight)
    axes.set_xticks(
        range(len(found.classes)), [shown(name) for name in found.classes], rotation=40, ha="right", fontsize=8
    )
    axes.set_yticks(
        range(len(found.rows)), [shown(row.configuration.label, LONGEST_NAME) for row in found.rows], fontsize=8
    )
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.set_title(f"{metric_title(found.metric)} by class; framed: the best of its class", loc="left", fontsize=11)
    save(figure, path)
    return True
