"""The comparison as CSV: every run with all that is known of it, for other programs."""

from pathlib import Path
from typing import Any

from segsweep.core.files import write_csv
from segsweep.report.read.comparison import Comparison, Report
from segsweep.report.read.cost import COSTS, costs_of
from segsweep.report.read.model import Excluded, RunFacts
from segsweep.report.render.words import standing_text


def write_results(report: Report, file: Path) -> None:
    """Write one row per run: comparison, rank, configuration, its axes, how it ended, costs, metrics, settings.

    Runs that were not averaged are there too, with their status and reason and without a rank.

    Raises:
        DiskError: If the disk takes nothing.
    """
    rows: list[dict[str, Any]] = []
    for number, comparison in enumerate(report.comparisons, 1):
        rows += _averaged(comparison, number)
        rows += [_listed(item, number) for item in comparison.excluded]
    rows += [_listed(item, None) for item in report.unplaced]
    write_csv(file, rows)


def _averaged(comparison: Comparison, number: int) -> list[dict[str, Any]]:
    return [
        {
            "comparison": number,
            "rank": "" if row.is_apart else row.rank,
            "standing": standing_text(row, comparison),
            "configuration": row.configuration.label,
            "run": run.name,
            "status": run.record.status,
            "reason": "",
            **{f"axis:{axis}": value for axis, value in row.configuration.values.items()},
            **_facts(run),
        }
        for row in comparison.rows
        for run in row.configuration.runs
    ]


def _listed(item: Excluded, number: int | None) -> dict[str, Any]:
    found = {
        "comparison": "" if number is None else number,
        "rank": "",
        "standing": "",
        "configuration": "",
        "run": item.folder.name,
        "status": item.status,
        "reason": item.reason,
    }
    return found if item.run is None else {**found, **_facts(item.run)}


def _facts(run: RunFacts) -> dict[str, Any]:
    seed, fold = run.replicate
    return {
        "seed": seed,
        "fold": "" if fold is None else fold,
        **{f"cost:{COSTS[name].title}": value for name, value in costs_of([run]).items()},
        **run.record.metrics,
        **{f"config:{key}": value for key, value in run.settings.items()},
    }
