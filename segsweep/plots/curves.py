"""Curves over the epochs: losses, IoU and Dice, learning rate."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from segsweep.plots.canvas import new_axes, save, shown
from segsweep.plots.palette import GRAY, SERIES, as_hex, class_colors

Rows = Sequence[Mapping[str, float]]
"""What history.csv holds; a row lacks what its epoch did not measure."""

MAX_CLASS_CURVES = 12
_LOG_FROM_RATIO = 100
_DASHES = ("-", "--", "-.", ":")
_MEANS = {"iou": "val/miou", "dice": "val/dice"}
_TITLES = {"iou": "IoU of the validation images", "dice": "Dice of the validation images"}


def draw_curves(folder: Path, rows: Rows, *, best_epoch: int | None = None) -> list[Path]:
    """Draw what there are numbers for, a row an epoch, and mark the best epoch; return the files."""
    figures = {
        "loss": _losses(rows, best_epoch),
        "iou": _scores(rows, "iou", best_epoch),
        "dice": _scores(rows, "dice", best_epoch),
        "learning_rate": _learning_rate(rows),
    }
    drawn = {folder / f"{name}.png": figure for name, figure in figures.items() if figure is not None}
    for path, figure in drawn.items():
        save(figure, path)
    return list(drawn)


def _losses(rows: Rows, best_epoch: int | None) -> Figure | None:
    curves = {"training": curve_of(rows, "train/loss"), "validation": curve_of(rows, "val/loss")}
    numbers = [number for _, values in curves.values() for number in values]
    if not numbers:
        return None
    figure, axes = new_axes(8.0, 4.5, "Loss")
    if min(numbers) > 0 and max(numbers) > _LOG_FROM_RATIO * min(numbers):
        axes.set_yscale("log")
    for (name, curve), color in zip(curves.items(), SERIES, strict=False):
        _line(axes, curve, name, color)
    _finish(figure, axes, best_epoch)
    return figure


def _scores(rows: Rows, score: str, best_epoch: int | None) -> Figure | None:
    mean = curve_of(rows, _MEANS[score])
    if not mean[0]:
        return None
    prefix = f"val/{score}/"
    classes = list(dict.fromkeys(key for row in rows for key in row if key.startswith(prefix)))
    figure, axes = new_axes(8.0, 4.5, _TITLES[score])
    if 1 < len(classes) <= MAX_CLASS_CURVES:
        for index, (key, color) in enumerate(zip(classes, class_colors(len(classes)), strict=True)):
            name = shown(key.removeprefix(prefix))
            _line(axes, curve_of(rows, key), name, as_hex(color), dashes=_DASHES[index % len(_DASHES)])
    _line(axes, mean, "mean" if len(classes) > 1 else shown(classes[0].removeprefix(prefix)), "black", width=2.5)
    axes.set_ylim(-0.02, 1.02)
    _finish(figure, axes, best_epoch)
    return figure


def _learning_rate(rows: Rows) -> Figure | None:
    curve = curve_of(rows, "lr")
    if not curve[0]:
        return None
    figure, axes = new_axes(8.0, 3.5, "Learning rate at the end of each epoch")
    _line(axes, curve, "", SERIES[0])
    axes.ticklabel_format(axis="y", style="sci", scilimits=(-2, 2))
    _finish(figure, axes, None)
    return figure


def curve_of(rows: Rows, key: str) -> tuple[list[float], list[float]]:
    """Return the epochs in which there is a number, and the numbers."""
    points = [(row["epoch"], row[key]) for row in rows if math.isfinite(row.get(key, math.nan))]
    return [epoch for epoch, _ in points], [number for _, number in points]


def _line(
    axes: Axes,
    curve: tuple[list[float], list[float]],
    name: str,
    color: str,
    *,
    dashes: str = "-",
    width: float = 1.6,
) -> None:
    marker = "o" if len(curve[0]) <= 20 else None
    axes.plot(*curve, color=color, linestyle=dashes, linewidth=width, marker=marker, markersize=3.5, label=name)


def _finish(figure: Figure, axes: Axes, best_epoch: int | None) -> None:
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    if best_epoch is not None:
        axes.axvline(best_epoch, color=GRAY, linewidth=1, linestyle=":", label=f"best checkpoint, epoch {best_epoch}")
    handles, names = axes.get_legend_handles_labels()
    if names:
        figure.legend(handles, names, loc="outside right upper", frameon=False, fontsize=9)
