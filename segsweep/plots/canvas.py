"""Figures without global state, saved whole or not at all."""

import io
import warnings
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from segsweep.core.files import write_atomic
from segsweep.plots.palette import GRID

DPI = 150


def new_figure(width_in: float, height_in: float) -> Figure:
    """Return an empty figure, inches wide and high; no window and no list of open figures knows of it."""
    layout = ConstrainedLayoutEngine(w_pad=0.08, h_pad=0.08)
    return Figure(figsize=(width_in, height_in), dpi=DPI, layout=layout, facecolor="white")


def new_axes(width_in: float, height_in: float, title: str) -> tuple[Figure, Axes]:
    """Return a figure with one pair of axes, and a quiet grid."""
    figure = new_figure(width_in, height_in)
    axes = figure.add_subplot()
    axes.set_title(title, loc="left", fontsize=11)
    set_grid(axes)
    return figure, axes


def set_grid(axes: Axes) -> None:
    """Draw a quiet grid behind the data, and an open frame."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)


def save(figure: Figure, path: Path, *, is_cropped: bool = False) -> None:
    """Save a figure as PNG, whole or not at all.

    Args:
        figure: A figure, of `new_figure` or of another library.
        path: The file; its folder is made if it is missing.
        is_cropped: Whether empty margins are cut off: for figures whose layout is another library's.
    """
    content = io.BytesIO()
    cropping: dict[str, Any] = {"bbox_inches": "tight", "pad_inches": 0.15} if is_cropped else {}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")  # names in scripts the font lacks
        figure.savefig(content, format="png", dpi=DPI, **cropping)
    path.parent.mkdir(exist_ok=True)
    write_atomic(path, content.getvalue())


def shown(name: str, longest: int = 26) -> str:
    """Return a name as it is written into a figure: its middle left out where it is long, its signs taken literally."""
    name = shortened(name, longest).replace("$", r"\$")  # else a formula
    return f" {name}" if name.startswith("_") else name  # else left out of legends


def shortened(name: str, longest: int) -> str:
    """Leave out the middle of a name that is longer than so many characters."""
    half = (longest - 1) // 2
    return name if len(name) <= longest else f"{name[: longest - 1 - half]}…{name[-half:]}"
