"""The command `python -m segsweep.report`."""

import argparse
import sys
from pathlib import Path

from segsweep.cli.front import answered
from segsweep.errors.report import page_of_nothing
from segsweep.report.metrics import DEFAULT_METRIC
from segsweep.report.model import Report

REPORT_FOLDER = "report"
_COMPARE = "Compare the runs of a folder: which choice is better, by how much, and whether that is real."
_DIFF = "Compare two runs: settings, environment, ends of the curves, classes, and whether the gap is real."


def report() -> None:
    """Compare what the command line names."""
    words = sys.argv[1:]
    if words[:1] == ["diff"]:
        _diff(words[1:])
    else:
        _compare(words)


def _compare(words: list[str]) -> None:
    chosen = _parser().parse_args(words)
    if chosen.best < 1:
        raise page_of_nothing(chosen.best)
    from segsweep.report.compare import Asked, compare_runs  # numpy, for those who do not ask for --help

    rows, columns = _list(chosen.rows), _list(chosen.columns)
    asked = Asked(chosen.metric, tuple(chosen.where), _list(chosen.show), rows, columns, chosen.best)
    found = compare_runs(chosen.runs, asked)
    from segsweep.report.text import describe_report

    print(describe_report(found, best=chosen.best, asked_for_table=bool(rows or columns)))
    out = chosen.out or chosen.runs / REPORT_FOLDER
    print(f"\nWritten: {', '.join(str(out / name) for name in write_report(found, out))}")


def write_report(found: Report, out: Path) -> list[str]:
    """Write the files of a report.

    Args:
        found: What is written.
        out: Folder; made if it is missing. Files of an earlier report are replaced, others are left alone.
    Returns:
        The names of the files.
    Raises:
        RunError: If nothing can be written there.
    """
    from segsweep.report.csv_files import write_results
    from segsweep.report.latex import latex_report
    from segsweep.report.markdown import markdown_report
    from segsweep.report.page.build import build_page
    from segsweep.report.pictures.draw import draw_pictures
    from segsweep.results.files import write_atomic
    from segsweep.results.folder import require_writable

    require_writable(out)
    out.mkdir(parents=True, exist_ok=True)
    write_atomic(out / "report.md", markdown_report(found))
    write_atomic(out / "tables.tex", latex_report(found))
    write_results(found, out / "results.csv")
    pictures = [path.name for path in draw_pictures(found.comparisons[0], out)] if found.comparisons else []
    return [build_page(found, out).name, "report.md", "results.csv", "tables.tex", *pictures]


def _diff(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m segsweep.report diff", description=_DIFF)
    parser.add_argument("first", metavar="RUN", help="folder of a run, or its name in the folder of runs")
    parser.add_argument("second", metavar="RUN", help="the other")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder of runs (default: %(default)s)")
    parser.add_argument("--metric", default=DEFAULT_METRIC, help="whose gap is judged (default: %(default)s)")
    chosen = parser.parse_args(words)
    from segsweep.report.diff import describe_difference
    from segsweep.results.describe import find_run

    folders = [find_run(name, chosen.runs) for name in (chosen.first, chosen.second)]
    print(describe_difference(folders[0], folders[1], metric=chosen.metric))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m segsweep.report",
        description=_COMPARE,
        epilog="Two runs beside each other: python -m segsweep.report diff RUN RUN",
    )
    parser.add_argument(
        "runs", type=Path, nargs="?", default=Path("runs"), help="folder of runs (default: %(default)s)"
    )
    parser.add_argument("--metric", default=DEFAULT_METRIC, help="metric that ranks (default: %(default)s)")
    parser.add_argument("--show", default="", metavar="METRIC,...", help="metrics to show, such as dice,miou,val/loss")
    parser.add_argument("--rows", default="", metavar="AXIS,...", help="a table with these along its rows, as model")
    parser.add_argument("--columns", default="", metavar="AXIS,...", help="and these along its columns, as resolution")
    parser.add_argument(
        "--where", action="append", default=[], metavar="CONDITION", help="only these runs: data.name=camvid; repeat it"
    )
    parser.add_argument("--best", type=int, default=10, metavar="N", help="rows to print (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=None, metavar="DIR", help="where to write (default: RUNS/report)")
    return parser


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def main() -> None:
    """Run the command line and exit."""
    answered(report)


if __name__ == "__main__":
    main()
