"""Quality against latency, memory and parameters, each with the front that no other configuration beats."""

from pathlib import Path

from matplotlib.axes import Axes

from segsweep.core.pareto import pareto_front
from segsweep.plots.canvas import new_figure, save, set_grid, shown
from segsweep.plots.palette import BEST, SERIES
from segsweep.report.read.cost import LATENCY, costs_of_row, drawn_costs
from segsweep.report.read.metrics import metric_title
from segsweep.report.read.model import Comparison

_WANTED = (LATENCY, "peak_memory_gib", "parameters_m")
_LOG_FROM_RATIO = 20


def draw(comparison: Comparison, path: Path) -> bool:
    """Draw a panel for each cost; tell whether there was anything to draw."""
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
    rows = [row for row in comparison.rows if cost in costs_of_row(row)]
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
