"""The command `python -m segsweep.report`."""

import argparse
import math
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from segsweep.cli.run import run_command
from segsweep.report.errors import (
    margin_out_of_range,
    not_a_pattern,
    not_while_watching,
    page_of_nothing,
    watched_too_often,
)
from segsweep.report.read.comparison import Report
from segsweep.report.read.metrics import DEFAULT_METRIC

if TYPE_CHECKING:
    from segsweep.report.compare import Question
    from segsweep.report.read.sources import Sources
    from segsweep.wandb.account import Address

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
    if chosen.image_group is not None:
        _require_pattern(chosen.image_group)
    if chosen.margin is not None and not 0 < chosen.margin < math.inf:
        raise margin_out_of_range(chosen.margin)
    # numpy comes here, for those who do not ask for --help
    from segsweep.report.compare import Question, compare_sources
    from segsweep.report.read.sources import Sources
    from segsweep.report.render.text import describe_report
    from segsweep.report.render.write import write_report
    from segsweep.stats.verdicts import MARGIN
    from segsweep.wandb.project import RunFilter

    rows, columns = _list(chosen.rows), _list(chosen.columns)
    question = Question(
        metric=chosen.metric,
        where=tuple(chosen.where),
        shown=_list(chosen.show),
        rows=rows,
        columns=columns,
        best=chosen.best,
        margin=MARGIN if chosen.margin is None else chosen.margin,
        select=chosen.select,
        group=chosen.image_group,
    )
    sources = Sources(tuple(chosen.runs), RunFilter(chosen.group, tuple(chosen.tag), chosen.filter), tuple(chosen.map))
    out = chosen.out or sources.home / REPORT_FOLDER
    target = _target(chosen)
    if chosen.watch is not None:
        _watch(sources, question, out, every_s=chosen.watch)
    found = compare_sources(sources, question)
    pivots, metrics = bool(rows or columns), bool(question.shown)
    print(describe_report(found, best=chosen.best, with_pivots=pivots, with_all_metrics=metrics))
    files = write_report(found, out)
    print(f"\nWritten: {', '.join(map(str, files))}")
    if target is not None:
        _push(found, files, target)


def _require_pattern(text: str) -> None:
    try:
        re.compile(text)
    except re.error as error:
        raise not_a_pattern(text, str(error)) from error


def _target(chosen: argparse.Namespace) -> "Address | None":
    """Return the project on W&B that the comparison goes to, once it is known that it can."""
    from segsweep.wandb.account import read_address, require_server

    if chosen.push is None:
        return None
    if chosen.watch is not None:
        raise not_while_watching()
    target = read_address(chosen.push)
    require_server()
    return target


def _push(found: Report, files: Sequence[Path], target: "Address") -> None:
    from segsweep.report.render.push import pushed_comparison
    from segsweep.wandb.push import push_comparison

    print("\n".join(push_comparison(pushed_comparison(found, files), target)))


def _watch(sources: "Sources", question: "Question", out: Path, *, every_s: float) -> NoReturn:
    """Write the report again and again; the last page, when it ends, does not load itself again."""
    from segsweep.report.compare import compare_sources
    from segsweep.report.render.write import write_report
    from segsweep.report.watch import watch

    if every_s < 1:
        raise watched_too_often(every_s)
    last: list[Report] = []

    def make() -> Report:
        found = compare_sources(sources, question)
        write_report(found, out, reload_s=round(every_s))
        last[:] = [found]
        return found

    try:
        watch(make, sources.folders, every_s=every_s, asks_server=bool(sources.projects))
    finally:
        for found in last:
            write_report(found, out)


def _diff(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m segsweep.report diff", description=_DIFF)
    parser.add_argument("first", metavar="RUN", help="folder of a run, or its name in the folder of runs")
    parser.add_argument("second", metavar="RUN", help="the other")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder of runs (default: %(default)s)")
    parser.add_argument("--metric", default=DEFAULT_METRIC, help="whose gap is judged (default: %(default)s)")
    chosen = parser.parse_args(words)
    from segsweep.report.diff import describe_difference
    from segsweep.runs.describe import find_run

    folders = [find_run(name, chosen.runs) for name in (chosen.first, chosen.second)]
    print(describe_difference(folders[0], folders[1], metric=chosen.metric))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m segsweep.report",
        description=_COMPARE,
        epilog="Two runs beside each other: python -m segsweep.report diff RUN RUN",
    )
    parser.add_argument(
        "runs", nargs="*", default=["runs"], help="folders of runs, and wandb:ENTITY/PROJECT (default: runs)"
    )
    parser.add_argument(
        "--metric",
        default=DEFAULT_METRIC,
        help="metric that is compared, of the test images where there are any (default: %(default)s)",
    )
    parser.add_argument(
        "--margin",
        type=float,
        metavar="DIFFERENCE",
        help="difference in it that is too small to matter: within it two are equal (default: 0.01)",
    )
    parser.add_argument(
        "--select",
        choices=("val", "test"),
        help="images whose scores rank (default: val where there are scores of both)",
    )
    parser.add_argument(
        "--image-group",
        metavar="REGEX",
        help="what an image belongs to, such as a patient: first group of this in its name (default: as in the runs)",
    )
    parser.add_argument("--show", default="", metavar="METRIC,...", help="metrics to show, such as dice,miou,val/loss")
    parser.add_argument("--rows", default="", metavar="AXIS,...", help="a table with these along its rows, as model")
    parser.add_argument("--columns", default="", metavar="AXIS,...", help="and these along its columns, as resolution")
    parser.add_argument(
        "--where", action="append", default=[], metavar="CONDITION", help="only these runs: data.name=camvid; repeat it"
    )
    parser.add_argument("--best", type=int, default=10, metavar="N", help="rows to print (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=None, metavar="DIR", help="where to write (default: RUNS/report)")
    _add_wandb(parser)
    parser.add_argument(
        "--watch",
        type=float,
        nargs="?",
        const=10.0,
        metavar="SECONDS",
        help="write the report again whenever runs have ended, until Ctrl-C; looks every SECONDS (%(const)g)",
    )
    return parser


def _add_wandb(parser: argparse.ArgumentParser) -> None:
    wandb = parser.add_argument_group("Weights & Biases")
    wandb.add_argument("--group", metavar="NAME", help="only runs of this group, which is a sweep's name")
    wandb.add_argument("--tag", action="append", default=[], metavar="TAG", help="only runs with this tag; repeat it")
    wandb.add_argument("--filter", metavar="JSON", help="only runs that meet this filter of W&B")
    wandb.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="OURS=THEIRS",
        help="names in runs that segsweep did not write: test/dice=test_dice,model=architecture,none=run_dir",
    )
    wandb.add_argument("--push", metavar="wandb:ENTITY/PROJECT", help="send the comparison there, as a run of its own")


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def main() -> None:
    """Run the command line and exit."""
    run_command(report)


if __name__ == "__main__":
    main()
