"""Figures without global state, saved whole or not at all."""

import io
import warnings
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from segsweep.core.files import write_atomic

DPI = 150
GRAY = "#6b7280"
"""Of grids and remarks."""


def new_figure(width_in: float, height_in: float) -> Figure:
    """Return an empty figure, inches wide and high; no window and no list of open figures knows of it."""
    layout = ConstrainedLayoutEngine(w_pad=0.08, h_pad=0.08)
    return Figure(figsize=(width_in, height_in), dpi=DPI, layout=layout, facecolor="white")


def new_axes(width_in: float, height_in: float, title: str) -> tuple[Figure, Axes]:
    """Return a figure with one pair of axes, and a quiet grid."""
    figure = new_figure(width_in, height_in)
    axes = figure.add_subplot()
    axes.set_title(title, loc="left", fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#e5e7eb", linewidth=0.8)
    axes.set_axisbelow(True)
    return figure, axes


def save(figure: Figure, path: Path) -> None:
    """Save a figure as PNG."""
    content = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")  # names in scripts the font lacks
        figure.savefig(content, format="png")
    path.parent.mkdir(exist_ok=True)
    write_atomic(path, content.getvalue())


def shown(name: str, longest: int = 26) -> str:
    """Return a name as it is written into a figure: its middle left out where it is long, its signs taken literally."""
    if len(name) > longest:
        half = (longest - 1) // 2
        name = f"{name[: longest - 1 - half]}…{name[-half:]}"
    name = name.replace("$", r"\$")  # else a formula
    return f" {name}" if name.startswith("_") else name  # else left out of legends
