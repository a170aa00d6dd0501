"""Draws what there are numbers for."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

from segsweep.report.read.model import Comparison

log = logging.getLogger("segsweep")


def draw_pictures(comparison: Comparison, out: Path) -> list[Path]:
    """Draw learning curves, quality against cost, choices and result, scores by class, and disputed images.

    Args:
        comparison: The runs.
        out: Folder of the PNG files; made if it is missing.
    Returns:
        The files; a picture that there are no numbers for is not drawn.
    """
    from segsweep.report.render.figures import classes, cost, curves, images, parallel  # matplotlib takes 0.4 s

    out.mkdir(parents=True, exist_ok=True)
    pictures: dict[str, Callable[[Comparison, Path], bool]] = {
        "curves": curves.draw,
        "cost": cost.draw,
        "parallel": parallel.draw,
        "classes": classes.draw,
        "images": images.draw,
    }
    drawn = {out / f"{name}.png": partial(draw, comparison) for name, draw in pictures.items()}
    return [path for path, draw in drawn.items() if _drew(draw, path)]


def _drew(draw: Callable[[Path], bool], path: Path) -> bool:
    try:
        return draw(path)
    except Exception as error:  # a picture is never worth a report
        log.warning("no %s: %s: %s", path.name, type(error).__name__, error)
        return False
