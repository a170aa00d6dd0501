"""Writes the files of a report."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

from segsweep.core.files import write_atomic
from segsweep.report.read.comparison import Comparison, Report
from segsweep.report.render.csv_files import write_results
from segsweep.report.render.latex import latex_report
from segsweep.report.render.markdown import markdown_report
from segsweep.report.render.page.build import build_page
from segsweep.runs.folder import require_writable

log = logging.getLogger("segsweep")


def write_report(found: Report, out: Path, *, reload_s: int | None = None) -> list[Path]:
    """Write the files of a report.

    Args:
        found: What is written.
        out: Folder; made if it is missing. Files of an earlier report are replaced, others are left alone.
        reload_s: Seconds after which the page loads itself again; None: never.
    Returns:
        The files.
    Raises:
        RunError: If nothing can be written there.
    """
    require_writable(out)
    out.mkdir(parents=True, exist_ok=True)
    texts = {out / "report.md": markdown_report(found), out / "tables.tex": latex_report(found)}
    for file, text in texts.items():
        write_atomic(file, text)
    write_results(found, out / "results.csv")
    pictures = draw_pictures(found.comparisons[0], out) if found.comparisons else []
    page = build_page(found, out, reload_s=reload_s)
    return [page, out / "report.md", out / "results.csv", out / "tables.tex", *pictures]


def draw_pictures(comparison: Comparison, out: Path) -> list[Path]:
    """Draw learning curves, quality against cost, choices and result, scores by class, and disputed images.

    Args:
        comparison: The runs.
        out: Folder of the PNG files; made if it is missing.
    Returns:
        The files; a picture that there are no numbers for is not drawn.
    """
    from segsweep.report.render.figures import charts, classes, images, parallel  # matplotlib takes 0.4 s

    out.mkdir(parents=True, exist_ok=True)
    pictures: dict[str, Callable[[Comparison, Path], bool]] = {
        "curves": charts.draw_curves,
        "cost": charts.draw_costs,
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
