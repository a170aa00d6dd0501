"""Copies of runs on W&B as folders of runs, so that the rest of the report reads one kind of thing."""

import contextlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from segsweep.core.files import write_csv, write_json
from segsweep.report.read.collect import read_run
from segsweep.report.read.model import Excluded, RunFacts
from segsweep.runs.choices import write_choices
from segsweep.runs.folder import HISTORY_FILE
from segsweep.runs.record import RECORD_FILE
from segsweep.wandb.errors import nobody_to_name
from segsweep.wandb.files import CHOICES_FILE
from segsweep.wandb.foreign import record_of_foreign, record_of_ours
from segsweep.wandb.names import Names, find_names, is_number
from segsweep.wandb.told import Offered, Rows, Told

STAMP_FILE = "wandb.json"
_AT_A_TIME = 16
"""A server answers many questions in the time of one."""


def bring(offered: Sequence[Offered], asked: Sequence[tuple[str, str]]) -> tuple[list[RunFacts | Excluded], list[str]]:
    """Copy runs that are not copied yet, or have changed since, and read them.

    Args:
        offered: Runs on W&B, or in its logs.
        asked: Names of ours and theirs for runs of another tool.
    Returns:
        The runs in their order, and sentences on how they were read.
    Raises:
        ReportError: If a name that was asked for is not there.
    """
    foreign = [each.told for each in offered if not each.told.is_ours]
    if asked and not foreign:
        raise nobody_to_name(",".join("=".join(pair) for pair in asked))
    names = find_names(foreign, asked) if foreign else Names()
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        brought = list(pool.map(partial(_bring_one, names=names), offered, range(len(offered))))
    return brought, [names.note()] if foreign else []


def _bring_one(each: Offered, number: int, *, names: Names) -> RunFacts | Excluded:
    told, folder = each.told, each.folder
    if told.is_going_on:
        return Excluded(folder, "unfinished", f"W&B says {told.state}")
    stamp = _stamp(told, None if told.is_ours else names, number)
    if not _is_fresh(folder, stamp):
        folder.mkdir(parents=True, exist_ok=True)
        (_copy_ours if told.is_ours else partial(_copy_foreign, names=names, number=number))(each)
        write_json(folder / STAMP_FILE, stamp)
    return read_run(folder) or Excluded(folder, "damaged", "its copy went away")


def _stamp(told: Told, names: Names | None, number: int) -> dict[str, Any]:
    read_as = {} if names is None else {**asdict(names), "left_out": sorted(names.left_out), "number": number}
    return {"id": told.id, "project": told.project, "state": told.state, "updated": told.updated, "read_as": read_as}


def _is_fresh(folder: Path, stamp: dict[str, Any]) -> bool:
    """Tell whether a copy is whole and holds the run as it is now; the stamp is written last."""
    try:
        return bool(json.loads((folder / STAMP_FILE).read_text(encoding="utf-8")) == stamp)
    except (OSError, ValueError):
        return False


def _copy_ours(each: Offered) -> None:
    (each.folder / RECORD_FILE).unlink(missing_ok=True)  # of a copy made before the run went on
    each.bring_files(each.folder)
    with contextlib.suppress(OSError, ValueError):  # not all runs have noted them
        write_choices(each.folder, dict(json.loads((each.folder / CHOICES_FILE).read_text(encoding="utf-8"))))
    if not (each.folder / RECORD_FILE).exists():
        record_of_ours(each.told).write(each.folder)


def _copy_foreign(each: Offered, *, names: Names, number: int) -> None:
    record, choices = record_of_foreign(each.told, names, number)
    curves = _curves(each.rows(), names)
    if curves:
        write_csv(each.folder / HISTORY_FILE, curves)
    if choices:
        write_choices(each.folder, choices)
    record.write(each.folder)


def _curves(rows: Rows, names: Names) -> list[dict[str, float]]:
    """Return the rows under our names; without an `epoch`, W&B's step stands for it."""
    curves = []
    for row in rows:
        found = {ours: float(row[theirs]) for ours, theirs in names.metrics.items() if is_number(row.get(theirs))}
        epoch = row.get("epoch", row.get("_step"))
        if found and is_number(epoch):
            curves.append({"epoch": float(epoch), **found})
    return curves
