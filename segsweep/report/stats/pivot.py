"""Tables along the axes; an empty cell says why it is empty."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace

from segsweep.report.errors import axis_twice
from segsweep.report.read.axes import choose_axis, in_order
from segsweep.report.read.comparison import Cell, Pivot
from segsweep.report.read.metrics import spread_of
from segsweep.report.read.model import Axis, Configuration, Direction, Row
from segsweep.report.stats.untrainable import Rules

MOST_AXES = 4
"""Tables are made of all pairs of so many axes, where none is chosen."""
MOST_VALUES = 40
"""An axis with more values makes no table; a sampler's learning rates do not."""
_LONGEST_REASON = 80


def default_tables(axes: Sequence[Axis]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return row and column axes of the tables that are made where none is chosen: every pair, or the only axis."""
    names = [axis.name for axis in axes if len(axis.values) <= MOST_VALUES][:MOST_AXES]
    if len(names) == 1:
        return [((names[0],), ())]
    return [((rows,), (columns,)) for rows, columns in itertools.combinations(names, 2)]


def chosen_table(
    rows: Sequence[str], columns: Sequence[str], axes: Sequence[Axis]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the axes of a table that was chosen.

    Raises:
        ReportError: If the runs do not differ in one of them, or one stands along both sides.
    """
    along = [tuple(dict.fromkeys(choose_axis(name, axes).name for name in side)) for side in (rows, columns)]
    if both := set(along[0]) & set(along[1]):
        raise axis_twice(both.pop())
    return along[0], along[1]


def make_pivot(
    rows: Sequence[Row],
    without: Sequence[Configuration],
    along: tuple[tuple[str, ...], tuple[str, ...]],
    *,
    metric: str,
    direction: Direction,
) -> Pivot:
    """Make a table.

    Args:
        rows: The ranking.
        without: Configurations that have no run to average.
        along: Axes of its rows and of its columns.
        metric: What stands in the cells.
        direction: Whether more or less of it is better.
    """
    everyone = [*(row.configuration for row in rows), *without]
    row_values, column_values = (_values(side, everyone) for side in along)
    place = {
        configuration.key: (
            row_values.index(_on(configuration, along[0])),
            column_values.index(_on(configuration, along[1])),
        )
        for configuration in everyone
    }
    held: dict[tuple[int, int], list[Row]] = {}
    for row in rows:
        held.setdefault(place[row.configuration.key], []).append(row)
    failed: dict[tuple[int, int], list[Configuration]] = {}
    for configuration in without:
        failed.setdefault(place[configuration.key], []).append(configuration)
    cells, rules = {}, Rules(everyone)
    for at in itertools.product(range(len(row_values)), range(len(column_values))):
        if at in held:
            cells[at] = _full(held[at], metric)
        elif at in failed:
            cells[at] = Cell(None, _why(failed[at]))
        else:
            wanted = dict(zip((*along[0], *along[1]), (*row_values[at[0]], *column_values[at[1]]), strict=True))
            problem = rules.problem(wanted)
            cells[at] = Cell(None, f"cannot be trained: {short(problem)}" if problem else "not run")
    return Pivot(
        metric,
        *along,
        tuple(row_values),
        tuple(column_values),
        _with_best(cells, direction),
        direction,
        _unequal(held, along),
    )


def _on(configuration: Configuration, axes: Sequence[str]) -> tuple[str, ...]:
    return tuple(configuration.values[axis] for axis in axes)


def _values(axes: Sequence[str], everyone: Sequence[Configuration]) -> list[tuple[str, ...]]:
    """Return the combinations of values that occur, in the order of each axis."""
    return sorted({_on(configuration, axes) for configuration in everyone}, key=lambda row: [in_order(v) for v in row])


def _full(rows: Sequence[Row], metric: str) -> Cell:
    num_pruned = sum(row.configuration.num_pruned for row in rows)
    if len(rows) == 1:
        return Cell(rows[0].scores[metric], "", 1, None if rows[0].is_apart else rows[0].standing, num_pruned)
    spread = spread_of([row.scores[metric].mean for row in rows])
    return Cell(spread, num_configurations=len(rows), num_pruned=num_pruned)


def _unequal(held: Mapping[tuple[int, int], Sequence[Row]], along: tuple[tuple[str, ...], tuple[str, ...]]) -> str:
    """Say so where cells do not hold the same values of the axes that are not in the table."""
    axes = [axis for rows in list(held.values())[:1] for axis in rows[0].configuration.values]
    differing = [
        axis
        for axis in axes
        if axis not in (*along[0], *along[1])
        and len({frozenset(row.configuration.values[axis] for row in rows) for rows in held.values()}) > 1
    ]
    if not differing:
        return ""
    return f"Not all cells hold the same of {' and '.join(differing)}: the effects compare like with like"


def _why(configurations: Sequence[Configuration]) -> str:
    items = [item for configuration in configurations for item in configuration.excluded]
    items.sort(key=lambda item: ("failed", "pruned", "interrupted", "unscored").index(item.status))
    return f"{items[0].status}: {short(items[0].reason)}"


def short(reason: str) -> str:
    """Return the first sentence of a reason, cut to what a cell holds."""
    first = reason.strip().splitlines()[0] if reason.strip() else "no reason"
    first = first.partition(". ")[0].rstrip(".")
    return first if len(first) <= _LONGEST_REASON else f"{first[: _LONGEST_REASON - 3]}..."


def _with_best(cells: Mapping[tuple[int, int], Cell], direction: Direction) -> dict[tuple[int, int], Cell]:
    sign = 1.0 if direction == "max" else -1.0
    full = {
        at: sign * cell.spread.mean for at, cell in cells.items() if cell.spread is not None and not cell.num_pruned
    }
    best = max(full.values(), default=None)
    return {at: replace(cell, is_best=at in full and full[at] == best) for at, cell in cells.items()}
