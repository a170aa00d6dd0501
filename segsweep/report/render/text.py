"""The comparison as the terminal shows it."""

import shutil
from collections.abc import Sequence

from segsweep.core.errors import and_more
from segsweep.core.text import plural
from segsweep.report.read.comparison import Comparison, Report
from segsweep.report.read.model import Excluded
from segsweep.report.render.tables import Table, pivot_foot, pivot_table, pivot_title, ranking_table, text_lines
from segsweep.report.render.words import evidence_text, legend

_LEAST_WIDTH = 80


def describe_report(report: Report, *, best: int, with_pivots: bool, with_all_metrics: bool = False) -> str:
    """Return what is printed: the ranking's first rows, what a reader must know, and the sentence that answers.

    Args:
        report: What is described; of several comparisons the largest, the others by name.
        best: How many rows.
        with_pivots: Whether the pivot tables are printed too.
        with_all_metrics: Whether columns of metrics stay where the terminal is too narrow for them.
    """
    first = report.comparisons[0]
    parts = [_head(first), _ranking(first, best, with_all_metrics=with_all_metrics)]
    if with_pivots:
        parts += [
            f"{pivot_title(pivot)}\n{text_lines(pivot_table(pivot))}\n{pivot_foot(pivot)}" for pivot in first.pivots
        ]
    if first.notes:
        parts.append(and_more(list(first.notes)))
    if listed := _excluded([*first.excluded, *report.unplaced]):
        parts.append(listed)
    parts += ["\n".join([first.noise.sentence, *first.cautions]), first.answer]
    return "\n\n".join(parts)


def _head(comparison: Comparison) -> str:
    runs, configurations = plural(comparison.num_runs, "run"), plural(len(comparison.rows), "configuration")
    return f"{comparison.title}; {runs} of {configurations}; {evidence_text(comparison)}"


def _ranking(comparison: Comparison, best: int, *, with_all_metrics: bool) -> str:
    table = ranking_table(comparison, best=best)
    shown = {row[0] for row in table.body}
    left = len(comparison.rows) - best
    foot = [f"{word}: {meaning}" for word, meaning in legend(comparison).items() if word in shown]
    if left > 0:
        foot.append(f"... and {left} more")
    return "\n".join([_fitting(table, comparison, with_all_metrics=with_all_metrics), *foot])


def _fitting(table: Table, comparison: Comparison, *, with_all_metrics: bool) -> str:
    """Leave out columns of cost, then of metrics that nobody asked for, until the terminal is wide enough."""
    width = max(_LEAST_WIDTH, shutil.get_terminal_size((160, 24)).columns)
    kept = list(range(len(table.header)))
    metrics = dict(enumerate(comparison.columns, start=2))
    needed = comparison.columns if with_all_metrics else (comparison.selected_by, comparison.metric)
    spare = [place for place, name in metrics.items() if name not in needed][::-1]
    spare += [place for place in kept if place > 2 + len(metrics)]
    while True:
        rows = [tuple(row[place] for place in kept) for row in (table.header, *table.body)]
        text = text_lines(Table(rows[0], tuple(rows[1:]), table.bold, table.num_words))
        if not spare or max(map(len, text.splitlines())) <= width:
            return text
        kept.remove(spare.pop())


def _excluded(excluded: Sequence[Excluded]) -> str:
    if not excluded:
        return ""
    reasons = [f"{item.folder.name}: {item.status}, {' '.join(item.reason.split())}" for item in excluded]
    return f"{len(excluded)} not averaged:\n{and_more(reasons, limit=5)}"
