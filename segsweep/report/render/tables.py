"""The ranking and the pivot tables as cells of text, which every output dresses in its own way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from segsweep.core.text import text_table
from segsweep.report.read.comparison import Cell, Comparison, Pivot
from segsweep.report.read.cost import COSTS
from segsweep.report.read.metrics import metric_title
from segsweep.report.read.model import Direction, Row
from segsweep.report.render.words import cost_text, legend, spread_text, standing_text

MAX_CLASS_ROWS = 20
"""Configurations whose scores are shown class by class."""

MARKS: Mapping[str, str] = {"better": " >", "equal": " =", "unknown": " ?"}
"""Of cells of a pivot table, against the first of the ranking."""
_MEANINGS = {
    "better": "better than the first of the ranking",
    "equal": "equal to the first of the ranking",
    "unknown": "against the first it is not known",
}


@dataclass(frozen=True)
class Table:
    """Text in rows and columns."""

    header: tuple[str, ...]
    body: tuple[tuple[str, ...], ...]
    bold: frozenset[tuple[int, int]]
    """Cells of the body, by row and column, that are the best."""
    num_words: int
    """How many of the first columns hold words; the others hold numbers."""


def text_lines(table: Table) -> str:
    """Return a table in columns of equal width, words to the left and numbers to the right."""
    return text_table([table.header, *table.body], table.num_words)


def ranking_table(comparison: Comparison, *, best: int | None = None) -> Table:
    """Return the ranking.

    Args:
        comparison: What is shown.
        best: How many rows; None: all.
    """
    rows = comparison.rows[:best]
    costs = [name for name in COSTS if any(name in row.cost for row in comparison.rows)]
    header = ["", "configuration", *map(metric_title, comparison.columns), "n", *(COSTS[name].title for name in costs)]
    body = [
        (
            standing_text(row, comparison),
            row.configuration.label,
            *(_score(row, metric) for metric in comparison.columns),
            str(len(row.configuration.runs)),
            *(cost_text(row, name) if name in row.cost else "-" for name in costs),
        )
        for row in rows
    ]
    bold = {
        (number, 2 + place)
        for place, metric in enumerate(comparison.columns)
        for number in _best_rows(rows, comparison, metric)
    }
    return Table(tuple(header), tuple(body), frozenset(bold), 2)


def ranking_foot(comparison: Comparison) -> str:
    """Return how a ranking is read."""
    words = [f"{word}: {meaning}" for word, meaning in legend(comparison).items()]
    return "; ".join(["Mean ± standard deviation of n runs", *words]) + "."


def _score(row: Row, metric: str) -> str:
    return spread_text(row.scores[metric]) if metric in row.scores else "-"


def _best_rows(shown: Sequence[Row], comparison: Comparison, metric: str) -> list[int]:
    """Return the shown rows that have the best mean of all rows in a column."""
    means = [row.scores[metric].mean for row in comparison.rows if metric in row.scores and not row.is_apart]
    if not means:
        return []
    best = max(means) if comparison.directions[metric] == "max" else min(means)
    return [
        number
        for number, row in enumerate(shown)
        if metric in row.scores and row.scores[metric].mean == best and not row.is_apart
    ]


def pivot_table(pivot: Pivot) -> Table:
    """Return a pivot table."""
    header = (*pivot.row_axes, *(" ".join(values) or metric_title(pivot.metric) for values in pivot.columns))
    body = tuple(
        (*values, *(cell_words(pivot.cells[number, place]) for place in range(len(pivot.columns))))
        for number, values in enumerate(pivot.rows)
    )
    words = len(pivot.row_axes)
    bold = frozenset((row, words + column) for (row, column), cell in pivot.cells.items() if cell.is_best)
    return Table(header, body, bold, words)


def cell_words(cell: Cell) -> str:
    """Return mean ± sd (n runs), of several configurations mean ± sd (of n) over their means, or why it is empty."""
    if cell.spread is None:
        return cell.why_empty
    number = f"{cell.spread.n}" if cell.num_configurations == 1 else f"of {cell.spread.n}"
    return f"{spread_text(cell.spread)} ({number}){cell_mark(cell)}"


def cell_mark(cell: Cell) -> str:
    """Return how the configuration of a cell stands against the first, and how many of its runs were pruned."""
    pruned = f", {cell.num_pruned} pruned" if cell.num_pruned else ""
    return MARKS.get(cell.standing or "", "") + pruned


def marks_text(pivots: Sequence[Pivot]) -> str:
    """Return what the marks of cells mean, those that occur."""
    standings = {cell.standing for pivot in pivots for cell in pivot.cells.values()}
    words = [f"{mark.strip()} {_MEANINGS[standing]}" for standing, mark in MARKS.items() if standing in standings]
    return f"{'; '.join(words)}." if words else ""


def pivot_title(pivot: Pivot) -> str:
    """Return what a pivot table shows."""
    title = f"{metric_title(pivot.metric)} by {' and '.join(pivot.row_axes)}"
    return f"{title} (rows) and {' and '.join(pivot.column_axes)} (columns)" if pivot.column_axes else title


def pivot_foot(pivot: Pivot) -> str:
    """Return how a cell is read, and what makes cells hard to compare."""
    several = any(cell.num_configurations > 1 for cell in pivot.cells.values())
    words = "mean ± standard deviation (n runs)"
    words += "; (of n): over the means of n configurations" if several else ""
    return " ".join(filter(None, [f"{words}.", marks_text([pivot]), f"{pivot.note}." if pivot.note else ""]))


@dataclass(frozen=True)
class ByClass:
    """Scores of each class in the best configurations."""

    metric: str
    """Without the class: test/dice."""
    rows: Sequence[Row]
    """The best configurations."""
    classes: Sequence[str]
    """Those that any of all configurations has a score of."""
    scores: Sequence[Sequence[float | None]]
    """By row and class; None where it is undefined."""
    direction: Direction


def by_class(comparison: Comparison) -> ByClass | None:
    """Return the ranking's metric by class, else Dice or IoU; None where there are not two classes with scores."""
    split, _, name = comparison.metric.partition("/")
    known = {name for row in comparison.rows for name in row.scores}
    rows = comparison.rows[:MAX_CLASS_ROWS]
    for candidate in (name.partition("/")[0].removeprefix("m"), "dice", "iou"):
        metric = f"{split}/{candidate}"
        classes = [one for one in comparison.class_names if f"{metric}/{one}" in known]
        if len(classes) > 1:
            scores = [[_mean_of(row, f"{metric}/{one}") for one in classes] for row in rows]
            return ByClass(metric, rows, classes, scores, comparison.directions[f"{metric}/{classes[0]}"])
    return None


def _mean_of(row: Row, metric: str) -> float | None:
    spread = row.scores.get(metric)
    return None if spread is None else spread.mean
