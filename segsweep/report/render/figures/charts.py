"""The learning curves of the best configurations, and quality against latency, memory and parameters."""

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from segsweep.core.pareto import pareto_front
from segsweep.plots.canvas import new_axes, new_figure, save, set_grid, shown
from segsweep.plots.palette import BEST, SERIES
from segsweep.report.read.comparison import Comparison
from segsweep.report.read.cost import LATENCY, costs_of_row, drawn_costs
from segsweep.report.read.metrics import metric_title
from segsweep.report.render.learning import learning_curves
from segsweep.report.render.words import LONGEST_NAME

_WANTED = (LATENCY, "peak_memory_gib", "parameters_m")
_LOG_FROM_RATIO = 20


def draw_curves(comparison: Comparison, path: Path) -> bool:
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


def draw_costs(comparison: Comparison, path: Path) -> bool:
    """Draw a panel for each cost with the front that none beats; tell whether there was anything to draw."""
    titles = {name: title for name, title in drawn_costs(comparison).items() if name in _WANTED}
    if not titles:
        return False
    figure = new_figure(4.6 * len(titles), 4.2)
    panels = figure.subplots(1, len(titles), squeeze=False, sharey=True)[0]
    for axes, (name, title) in zip(panels, titles.items(), strict=True):
        _panel(axes, comparison, name)
        axes.set_xlabel(title)
    panels[0].set_ylabel(metric_title(comparison.metric))
    figure.suptitle(
        "Quality against cost; dashed: those that no other equals in cost and beats in quality", fontsize=11
    )
    save(figure, path)
    return True


def _panel(axes: Axes, comparison: Comparison, cost: str) -> None:
    rows = [row for row in comparison.ranked if cost in costs_of_row(row)]
    points = [(costs_of_row(row)[cost], row.scores[comparison.metric].mean) for row in rows]
    sign = -1 if comparison.direction == "max" else 1
    front = pareto_front([(cost, sign * score) for cost, score in points])
    costs, scores = zip(*points, strict=True)
    axes.scatter(costs, scores, color=SERIES[0], alpha=0.5, s=22, linewidths=0)
    axes.plot(*zip(*(points[place] for place in front), strict=True), "o--", color=BEST, linewidth=1.2, markersize=6)
    least, most = min(points)[0], max(points)[0]
    if 0 < least * _LOG_FROM_RATIO < most:
        axes.set_xscale("log")
    for place, above in {front[0]: -12, front[-1]: 6}.items():  # the ends; the page names more
        is_right = points[place][0] > (least + most) / 2
        axes.annotate(
            shown(rows[place].configuration.label, 34),
            points[place],
            xytext=(-6 if is_right else 6, above),
            textcoords="offset points",
            ha="right" if is_right else "left",
            fontsize=7,
        )
    set_grid(axes)
