"""Scores of a tested split per class: the confusion of classes, and bars of IoU and Dice."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from jaxtyping import Float64, Int64
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from segsweep.plots.canvas import new_axes, new_figure, save, shown
from segsweep.plots.palette import GRAY, SERIES

MAX_NUMBERED = 20
"""Classes up to which the confusion matrix has numbers in its cells."""
MAX_BARS = 60
"""Classes that the bars show; of more, the worst."""
_TITLE: dict[str, Any] = {"x": 0.02, "ha": "left", "fontsize": 11}
_OUTCOMES = (
    "of its pixels,\nfound",
    "of its pixels,\nmissed",
    "of all others,\nfalsely taken",
    "of all others,\nleft out",
)


def draw_scores(
    folder: Path,
    *,
    counts: Int64[np.ndarray, "c c"] | Int64[np.ndarray, "k 2 2"],
    class_names: Sequence[str],
    scores: Mapping[str, Sequence[float]],
    scored_names: Sequence[str],
    split: str,
) -> list[Path]:
    """Draw confusion.png and classes.png; return the files.

    Args:
        folder: Where the files go; made if it is missing.
        counts: Pixels, row is truth, column is prediction: one matrix of all classes, or one of no and yes per channel.
        class_names: Names of all classes; of a binary task both.
        scores: IoU and Dice of each scored class; NaN where the split does not hold the class.
        scored_names: Names of the scored classes.
        split: The split that was tested.
    """
    figures = {"confusion": _confusion(counts, class_names, split), "classes": _bars(scores, scored_names, split)}
    for name, figure in figures.items():
        save(figure, folder / f"{name}.png")
    return [folder / f"{name}.png" for name in figures]


def _confusion(
    counts: Int64[np.ndarray, "c c"] | Int64[np.ndarray, "k 2 2"], class_names: Sequence[str], split: str
) -> Figure:
    is_binary = counts.ndim == 3 and len(class_names) != len(counts)
    if counts.ndim == 3 and not is_binary:
        return _outcomes(_row_shares(counts), class_names, split)
    return _matrix(_row_shares(counts[0] if is_binary else counts), class_names, split)


def _row_shares(counts: Int64[np.ndarray, "*k c d"]) -> Float64[np.ndarray, "*k c d"]:
    """Divide each row by its sum; NaN where there is nothing."""
    totals = counts.sum(axis=-1, keepdims=True)
    return np.where(totals > 0, counts / np.maximum(totals, 1), np.nan)


def _outcomes(shares: Float64[np.ndarray, "k 2 2"], names: Sequence[str], split: str) -> Figure:
    """Draw a line of four shares for each class."""
    figure = new_figure(7.0, max(2.0, 1.0 + 0.28 * len(names)))
    axes = figure.add_subplot()
    table = np.stack([shares[:, 1, 1], shares[:, 1, 0], shares[:, 0, 1], shares[:, 0, 0]], axis=1)
    _heatmap(axes, table, aspect="auto")
    _write_shares(axes, table)
    figure.suptitle(f"Right and wrong on {split}, % per class", **_TITLE)
    axes.set_yticks(range(len(names)), [shown(name) for name in names], fontsize=8.5)
    axes.set_xticks(range(len(_OUTCOMES)), _OUTCOMES, fontsize=8.5)
    return figure


def _matrix(shares: Float64[np.ndarray, "c c"], names: Sequence[str], split: str) -> Figure:
    """Draw a matrix of all classes, with numbers where they can be read."""
    num = len(names)
    is_numbered = num <= MAX_NUMBERED
    cell_in = 0.45 if is_numbered else max(0.09, min(0.3, 14 / num))
    figure = new_figure(max(5.5, 2.6 + cell_in * num), 2.2 + cell_in * num)
    axes = figure.add_subplot()
    image = _heatmap(axes, shares, aspect="equal")
    if is_numbered:
        _write_shares(axes, shares)
    else:
        figure.colorbar(image, ax=axes, shrink=0.8, label="%")
    figure.suptitle(f"Confusion on {split}, % of the pixels of each true class", **_TITLE)
    size, ticks = (8.5 if cell_in >= 0.16 else 4.5), [shown(name) for name in names]
    axes.set_yticks(range(num), ticks, fontsize=size)
    axes.set_xticks(range(num), ticks, fontsize=size, rotation=45, ha="right", rotation_mode="anchor")
    axes.set_ylabel("truth")
    axes.set_xlabel("prediction")
    return figure


def _heatmap(axes: Axes, shares: Float64[np.ndarray, "r c"], *, aspect: Literal["auto", "equal"]) -> AxesImage:
    axes.set_facecolor("#d1d5db")  # shows where there is no share
    axes.tick_params(length=0)
    return axes.imshow(shares * 100, cmap="Blues", vmin=0, vmax=100, aspect=aspect)


def _write_shares(axes: Axes, shares: Float64[np.ndarray, "r c"]) -> None:
    for (row, column), share in np.ndenumerate(shares):
        color = "white" if share > 0.6 else "black"
        axes.text(column, row, _percent(float(share)), ha="center", va="center", fontsize=8, color=color)


def _percent(share: float) -> str:
    if np.isnan(share):
        return "–"
    digits = 0 if share == 0 or share >= 0.095 else 1 if share >= 0.0095 else 2
    return f"{share * 100:.{digits}f}"


def _bars(scores: Mapping[str, Sequence[float]], names: Sequence[str], split: str) -> Figure:
    table = np.array(list(scores.values()), dtype=float)
    order = np.arange(len(names))
    title = f"IoU and Dice on {split}"
    if len(names) > MAX_BARS:
        order = np.sort(np.argsort(np.nan_to_num(table[0], nan=2.0), kind="stable")[:MAX_BARS])
        title += f": the {MAX_BARS} worst of {len(names)} classes"
    figure, axes = new_axes(8.0, 1.5 + 0.36 * len(order), title)
    for number, (score, color) in enumerate(zip(scores, (SERIES[0], SERIES[5]), strict=True)):
        places = np.arange(len(order)) + (number - 0.5) * 0.38
        values = table[number][order]
        axes.barh(places, np.nan_to_num(values), height=0.36, color=color, label=score)
        for place, value in zip(places, values, strict=True):
            text, tint = ("absent", GRAY) if np.isnan(value) else (f"{value:.2f}", "black")
            axes.text(0 if np.isnan(value) else value, place, f" {text}", va="center", fontsize=7, color=tint)
    axes.set_yticks(range(len(order)), [shown(names[int(index)]) for index in order], fontsize=9)
    axes.set_ylim(len(order) - 0.4, -0.6)
    axes.set_xlim(0, 1.06)
    axes.grid(visible=False, axis="y")
    figure.legend(loc="outside right upper", frameon=False, fontsize=9)
    return figure
