"""The learning curves of the best configurations."""

from pathlib import Path

from matplotlib.ticker import MaxNLocator

from segsweep.plots.canvas import new_axes, save, shown
from segsweep.plots.palette import SERIES
from segsweep.report.read.model import Comparison
from segsweep.report.render.learning import learning_curves
from segsweep.report.render.words import LONGEST_NAME


def draw(comparison: Comparison, path: Path) -> bool:
    """Draw mean and band of the ranking's metric as validated; tell whether there was anything to draw."""
    found = learning_curves(comparison, limit=len(SERIES))
    if not found:
        return False
    metric, curves = next(iter(found.items()))
    figure, axes = new_axes(9.0, 4.8, f"{metric} of the best: mean of the replicates, from the lowest to the highest")
    for curve, color in zip(curves, SERIES, strict=False):
        name = shown(f"{curve.row.configuration.label} (n={curve.num_runs})", LONGEST_NAME)
        axes.plot(curve.epochs, curve.mean, color=color, linewidth=1.8, label=name)
        if curve.num_runs > 1:
            axes.fill_between(curve.epochs, curve.low, curve.high, color=color, alpha=0.15, linewidth=0)
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    figure.legend(loc="outside lower left", ncols=2, frameon=False, fontsize=8)
    save(figure, path)
    return True
