"""The learning curves of all runs of a sweep in one picture."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.ticker import MaxNLocator

from segsweep.core.files import read_csv
from segsweep.core.text import is_number
from segsweep.plots.canvas import new_axes, save
from segsweep.plots.curves import curve_of
from segsweep.plots.palette import PALE, SERIES
from segsweep.runs.folder import HISTORY_FILE
from segsweep.sweep.view.lines import number
from segsweep.sweep.view.model import RunView, SweepView

MAX_NAMED = 10
"""Runs in the legend; the others are gray."""
LONGEST = 60
"""Characters of a run in the legend."""
_COLORS = SERIES[:6]
"""Of the best runs, in order; in the second round lines are dotted."""


@dataclass(frozen=True)
class Curve:
    """The monitored metric of a run after each validation."""

    run: RunView
    epochs: list[float]
    values: list[float]


def read_curves(view: SweepView) -> list[Curve]:
    """Read the curves of the runs that ended, the best last, so that it is drawn over the others."""
    best_last = [*view.of("failed", "pruned"), *reversed(view.ranked())]
    curves = [_curve(run, view.monitor) for run in best_last]
    return [curve for curve in curves if curve is not None]


def _curve(run: RunView, monitor: str) -> Curve | None:
    try:
        curve = curve_of(read_csv(run.folder / HISTORY_FILE), monitor) if run.folder else ([], [])
    except (OSError, ValueError):
        return None
    return Curve(run, *curve) if curve[0] else None


def draw_curves(curves: list[Curve], view: SweepView, path: Path) -> None:
    """Draw the monitored metric against the epoch: the best run thick, the next ones in colors, pruned ones dashed."""
    figure, axes = new_axes(11.0, 5.0, f"{view.monitor} of {len(curves)} runs")
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    places = {run.number: place for place, run in enumerate(view.ranked()[:MAX_NAMED])}
    for curve in curves:
        place = places.get(curve.run.number)
        style = _gray_style(curve.run) if place is None else _named_style(curve.run, place)
        axes.plot(curve.epochs, curve.values, marker="o" if len(curve.epochs) < 20 else None, markersize=3, **style)
    lines = dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))  # each name once
    names = sorted(lines, key=lambda name: -lines[name].get_zorder())
    figure.legend([lines[name] for name in names], names, loc="outside right upper", frameon=False, fontsize=8)
    save(figure, path)


def _named_style(run: RunView, place: int) -> dict[str, Any]:
    around, index = divmod(place, len(_COLORS))
    name = _brief(run)
    name = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
    value = number(run.metric if run.metric is not None else run.values[0])
    return {
        "color": _COLORS[index],
        "linestyle": ":" if around else "-",
        "linewidth": 3.0 if place == 0 else 1.5,
        "zorder": 20 - place,
        "label": f"{value}  {name}".replace("$", r"\$"),  # else a formula
    }


def _brief(run: RunView) -> str:
    """Name a run by what it sets: options by themselves, numbers with the last part of their key."""
    words = []
    for key, value in run.settings.items():
        is_plain = is_number(value) or value in ("true", "false", "null")
        words.append(f"{key.rpartition('.')[2]}={value}" if is_plain else value)
    return " ".join(words) or run.run or str(run.number)


def _gray_style(run: RunView) -> dict[str, Any]:
    is_whole = run.state == "complete"
    label = "other complete runs" if is_whole else run.state
    zorder = {"complete": 4, "pruned": 3, "failed": 2}[run.state]
    style = {"complete": "-", "pruned": "--", "failed": ":"}[run.state]
    return {"color": PALE, "linestyle": style, "linewidth": 0.9, "zorder": zorder, "label": label}
