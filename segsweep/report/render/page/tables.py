"""Pivot tables, scores by class, and the runs that are not counted, as tables of texts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from segsweep.core.text import plural
from segsweep.report.read.comparison import Cell, Comparison, Pivot
from segsweep.report.read.metrics import metric_title
from segsweep.report.read.model import Direction, Excluded
from segsweep.report.render.tables import by_class, cell_mark
from segsweep.report.render.words import link_to, score_text

_HEAT_STEPS = 8


@dataclass(frozen=True)
class TableCell:
    """A cell of a table of scores."""

    text: str = ""
    spread: str = ""
    n: int = 0
    """How many runs, or configurations, are in it."""
    why_empty: str = ""
    mark: str = ""
    """How its configuration stands against the first of the ranking, and how many runs were pruned."""
    style: str = ""
    """Classes in HTML: how strong its color is, and whether it is the best."""
    is_best: bool = False


@dataclass(frozen=True)
class TableRow:
    """A row of a pivot table."""

    names: Sequence[str]
    cells: Sequence[TableCell]


@dataclass(frozen=True)
class PivotTable:
    """A pivot table."""

    caption: str
    row_names: Sequence[str]
    column_names: Sequence[str]
    rows: Sequence[TableRow]


def pivot_table(pivot: Pivot) -> PivotTable:
    """Return a pivot table; the better a cell, the stronger its color."""
    is_folded = any(cell.num_configurations > 1 for cell in pivot.cells.values())
    means = [cell.spread.mean for cell in pivot.cells.values() if cell.spread is not None]
    by = f" by {_joined(pivot.column_axes)}" if pivot.column_axes else ""
    counted = "configurations, which differ in what is not in the table" if is_folded else "seeds and folds"
    return PivotTable(
        caption=f"{pivot.metric}: {_joined(pivot.row_axes)}{by}; mean ± standard deviation over (n) {counted}",
        row_names=pivot.row_axes,
        column_names=[_joined(values) or metric_title(pivot.metric) for values in pivot.columns],
        rows=[
            TableRow(
                names,
                [
                    _pivot_cell(pivot.cells[row, column], means, pivot.direction, is_folded=is_folded)
                    for column in range(len(pivot.columns))
                ],
            )
            for row, names in enumerate(pivot.rows)
        ],
    )


def _joined(names: Iterable[str]) -> str:
    return ", ".join(names)


def _pivot_cell(cell: Cell, means: Sequence[float], direction: Direction, *, is_folded: bool) -> TableCell:
    if cell.spread is None:
        return TableCell(why_empty=cell.why_empty)
    sd = cell.spread.sd
    if is_folded and cell.num_configurations == 1:
        sd = None  # that of its seeds, which means something else than that of its neighbors
    return TableCell(
        text=score_text(cell.spread.mean),
        spread="" if sd is None else score_text(sd),
        n=cell.num_configurations if is_folded else cell.spread.n,
        mark=cell_mark(cell),
        style=_style(cell.spread.mean, means, direction, is_best=cell.is_best),
        is_best=cell.is_best,
    )


def _style(value: float, values: Sequence[float], direction: Direction, *, is_best: bool) -> str:
    low, high = min(values), max(values)
    share = (value - low) / (high - low) if high > low else 0.0
    step = round((share if direction == "max" else 1 - share) * _HEAT_STEPS)
    return " ".join(filter(None, [f"heat-{step}" if step else "", "winner" if is_best else ""]))


@dataclass(frozen=True)
class NamedRow:
    """A configuration and its cells."""

    name: str
    cells: Sequence[TableCell]


@dataclass(frozen=True)
class ClassTable:
    """Scores by class."""

    caption: str
    remark: str
    names: Sequence[str]
    rows: Sequence[NamedRow]


def class_table(comparison: Comparison) -> ClassTable | None:
    """Return the scores of each class in the best configurations; None where there are not two classes with scores."""
    found = by_class(comparison)
    if found is None:
        return None
    columns = [_class_cells(values, found.direction) for values in zip(*found.scores, strict=True)]
    rest = len(comparison.rows) - len(found.rows)
    return ClassTable(
        caption=f"{found.metric} by class"
        + (f"; the best {len(found.rows)}, {rest} more are in results.csv" if rest else ""),
        remark="The better in its class, the stronger the color; the winner of each class is framed.",
        names=found.classes,
        rows=[
            NamedRow(row.configuration.label, cells)
            for row, cells in zip(found.rows, zip(*columns, strict=True), strict=True)
        ],
    )


def _class_cells(values: Sequence[float | None], direction: Direction) -> list[TableCell]:
    known = [value for value in values if value is not None]
    best = (max if direction == "max" else min)(known, default=None)
    return [
        TableCell(text="–")
        if value is None
        else TableCell(
            text=score_text(value), style=_style(value, known, direction, is_best=value == best), is_best=value == best
        )
        for value in values
    ]


@dataclass(frozen=True)
class ExcludedRow:
    """A run that is not counted."""

    name: str
    link: str
    status: str
    configuration: str
    reason: str


def excluded_rows(comparison: Comparison, unplaced: Sequence[Excluded], out: Path) -> list[ExcludedRow]:
    """Return all runs that are in no number, by status."""
    runs = sorted([*comparison.excluded, *unplaced], key=lambda run: (run.status, run.folder.name))
    return [
        ExcludedRow(run.folder.name, link_to(run.folder, out), run.status, _what(run, comparison), run.reason)
        for run in runs
    ]


def _what(excluded: Excluded, comparison: Comparison) -> str:
    """Say what an excluded run tried, by the axes of the comparison."""
    if excluded.run is None:
        return ""
    settings = excluded.run.settings
    values = [str(settings[key]) for axis in comparison.axes for key in axis.keys[:1] if key in settings]
    return ", ".join([*values, f"seed {excluded.run.replicate[0]}"])


def excluded_caption(rows: Sequence[ExcludedRow]) -> str:
    """Count the runs that are not counted, by how they ended."""
    statuses = dict.fromkeys(row.status for row in rows)
    parts = [f"{sum(row.status == status for row in rows)} {status}" for status in statuses]
    return f"{plural(len(rows), 'run')}: {', '.join(parts)}"
