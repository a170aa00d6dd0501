"""The plan of a race, a sweep that adds seeds where they decide, and the file of its decisions."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from segsweep.core.files import write_csv
from segsweep.schema import SweepConfig
from segsweep.sweep.plan.cells import Cell
from segsweep.sweep.plan.errors import (
    race_needs_a_grid,
    race_needs_one_objective,
    race_needs_several,
    race_needs_whole_runs,
    race_over_folds,
)
from segsweep.sweep.plan.space import SEED_AXIS, Space

if TYPE_CHECKING:
    from segsweep.stats.decisions import Decision, Rules

DECISIONS_FILE = "decisions.csv"
_SAYS = {
    "worse": "is worse: no more seeds",
    "equal": "is equal within the margin: no more seeds while that stands",
    "undecidable": "is not known, and more seeds would hardly tell: no more while that stands",
    "unknown": "is not known yet",
    "out": "leaves",
    "settled": "settled",
    "not settled": "not settled",
}


def check_race(space: Space, objectives: Mapping[str, str], *, prunes: bool) -> None:
    """Refuse a sweep whose runs cannot be decided between.

    Raises:
        SweepError: With why.
    """
    if not space.is_grid:
        raise race_needs_a_grid()
    if len(objectives) > 1:
        raise race_needs_one_objective(list(objectives))
    if prunes:
        raise race_needs_whole_runs()
    if "data.fold" in space.axes:
        raise race_over_folds()


def race_rules(settings: SweepConfig, space: Space, cells: Mapping[int, Cell]) -> "Rules":
    """Return what a race is held by.

    Args:
        settings: The `sweep` group.
        space: What is varied, the seeds first.
        cells: All that could run.
    Raises:
        SweepError: If there are not two configurations, or not two seeds.
    """
    from segsweep.stats.decisions import Rules  # imports numpy

    num_seeds = space.num_values(SEED_AXIS)
    first = [cells[number] for number in range(len(cells) // num_seeds)]
    possible = sum(cell.problem is None for cell in first)
    if possible < 2 or num_seeds < 2:
        raise race_needs_several(possible, num_seeds)
    return Rules(margin=settings.margin, most=num_seeds)


def write_decisions(folder: Path, decisions: "Sequence[Decision]", names: Sequence[str]) -> None:
    """Write the decisions of a race into the sweep's folder.

    Args:
        folder: The sweep's folder.
        decisions: In the order in which they were made.
        names: What each configuration sets.
    """
    rows = [
        {
            "seeds": each.seeds,
            "decision": each.kind,
            "configuration": names[each.configuration] if each.configuration >= 0 else "",
            "against": names[each.against] if each.against >= 0 else "",
            "difference": each.difference,
            "low": each.low,
            "high": each.high,
            "reason": each.reason,
        }
        for each in decisions
    ]
    write_csv(folder / DECISIONS_FILE, rows)


def read_decisions(folder: Path) -> tuple[str, ...]:
    """Return the decisions of a race, each as a line; none where there are none yet."""
    try:
        with (folder / DECISIONS_FILE).open(encoding="utf-8", newline="") as text:
            return tuple(_line(row) for row in csv.DictReader(text))
    except (OSError, ValueError, KeyError):
        return ()


def _line(row: Mapping[str, str]) -> str:
    """Write a decision with its reason."""
    start = f"{row['seeds']} seeds   "
    if "settled" in row["decision"]:
        best = f", best so far {row['configuration']}" if row["configuration"] else ""
        best = best.replace("best so far", "best is") if row["decision"] == "settled" else best
        return f"{start}{_SAYS[row['decision']]}{best}: {row['reason']}"
    words = f"{start}{row['configuration']} {_SAYS[row['decision']]}"
    if not row["against"]:
        return f"{words}: {row['reason']}"
    ends = f"{float(row['difference']):+.4f} ({float(row['low']):+.4f} to {float(row['high']):+.4f})"
    return f"{words}; {ends} against {row['against']}"
