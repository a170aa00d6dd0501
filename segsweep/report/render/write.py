"""Writes the files of a report."""

from pathlib import Path

from segsweep.core.files import write_atomic
from segsweep.report.read.model import Report
from segsweep.report.render.csv_files import write_results
from segsweep.report.render.figures.draw import draw_pictures
from segsweep.report.render.latex import latex_report
from segsweep.report.render.markdown import markdown_report
from segsweep.report.render.page.build import build_page
from segsweep.runs.folder import require_writable


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
