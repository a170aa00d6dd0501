"""The comparison as the terminal shows it."""

import shutil
from collections.abc import Sequence

from segsweep.core.errors import and_more
from segsweep.report.read.model import Comparison, Excluded, Report
from segsweep.report.render.tables import LEGEND, Table, pivot_foot, pivot_table, pivot_title, ranking_table, text_lines

_LEAST_WIDTH = 80


def describe_report(report: Report, *, best: int, with_pivots: bool) -> str:
    """Return what is printed: the ranking's first rows, what a reader must know, and the sentence that answers.

    Args:
        report: What is described; of several comparisons the largest, the others by name.
        best: How many rows.
        with_pivots: Whether the pivot tables are printed too.
    """
    first = report.comparisons[0]
    parts = [_head(first), *_tables(first, best, with_pivots=with_pivots)]
    if first.notes:
        parts.append(and_more(list(first.notes)))
    if listed := _excluded([*first.excluded, *report.unplaced]):
        parts.append(listed)
    parts += [first.noise.sentence, first.answer]
    return "\n\n".join(parts)


def _head(comparison: Comparison) -> str:
    return f"{comparison.title}; {comparison.num_runs} runs of {len(comparison.rows)} configurations"


def _tables(comparison: Comparison, best: int, *, with_pivots: bool) -> list[str]:
    found = [_fitting(ranking_table(comparison, best=best), len(comparison.columns))]
    marks = {row[0] for row in ranking_table(comparison, best=best).body} - {"", "best"}
    left = len(comparison.rows) - best
    foot = [f"{mark}: {LEGEND[mark]}" for mark in LEGEND if mark in marks]
    if left > 0:
        foot.append(f"... and {left} more")
    if foot:
        found[0] += "\n" + "\n".join(foot)
    if with_pivots:
        found += [
            f"{pivot_title(pivot)}\n{text_lines(pivot_table(pivot))}\n{pivot_foot(pivot)}"
            for pivot in comparison.pivots
        ]
    return found


def _fitting(table: Table, num_metrics: int) -> str:
    """Leave out columns of cost, the last first, until the terminal is wide enough; the files have them all."""
    width = max(_LEAST_WIDTH, shutil.get_terminal_size((160, 24)).columns)
    columns = len(table.header)
    while True:
        cut = Table(table.header[:columns], tuple(row[:columns] for row in table.body), table.bold, table.num_words)
        text = text_lines(cut)
        if columns <= 3 + num_metrics or max(map(len, text.splitlines())) <= width:
            return text
        columns -= 1


def _excluded(excluded: Sequence[Excluded]) -> str:
    if not excluded:
        return ""
    reasons = [f"{item.folder.name}: {item.status}, {' '.join(item.reason.split())}" for item in excluded]
    return f"{len(excluded)} not averaged:\n{and_more(reasons, limit=5)}"
