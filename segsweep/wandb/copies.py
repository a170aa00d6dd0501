"""Copies of runs on W&B as folders of runs, so that a comparison reads one kind of thing."""

import contextlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from segsweep.core.errors import ReportError
from segsweep.core.files import write_csv, write_json
from segsweep.runs.folder import HISTORY_FILE, RECORD_FILE, write_choices
from segsweep.wandb.files import CHOICES_FILE
from segsweep.wandb.foreign import record_of_foreign, record_of_ours
from segsweep.wandb.names import Names, find_names, is_number
from segsweep.wandb.remote import RemoteRun, Rows, RunInfo

STAMP_FILE = "wandb.json"
_AT_A_TIME = 16
"""A server answers many questions in the time of one."""


@dataclass(frozen=True)
class Copy:
    """The copy of a run, or why there is none yet."""

    folder: Path
    going_on: str = ""
    """What W&B calls a run that is not over, which is not copied; empty for a copy."""


def copy_runs(runs: Sequence[RemoteRun], given: Sequence[tuple[str, str]]) -> tuple[list[Copy], list[str]]:
    """Copy runs that are not copied yet, or have changed since; those of another tool with names given for it.

    Returns:
        The copies in the order of the runs, and sentences on how they were read.
    Raises:
        ReportError: If a name that was given is not there.
    """
    foreign = [run.info for run in runs if not run.info.is_ours]
    if given and not foreign:
        pairs = ",".join("=".join(pair) for pair in given)
        raise ReportError(
            f"--map {pairs} names settings of runs that another tool wrote; all runs here are segsweep's. Leave it out."
        )
    names = find_names(foreign, given) if foreign else Names()
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        copies = list(pool.map(partial(_copy, names=names), runs, range(len(runs))))
    return copies, [names.note()] if foreign else []


def _copy(run: RemoteRun, number: int, *, names: Names) -> Copy:
    info, folder = run.info, run.folder
    if info.is_going_on:
        return Copy(folder, info.state)
    stamp = _stamp(info, None if info.is_ours else names, number)
    if not _is_fresh(folder, stamp):
        folder.mkdir(parents=True, exist_ok=True)
        (_copy_ours if info.is_ours else partial(_copy_foreign, names=names, number=number))(run)
        write_json(folder / STAMP_FILE, stamp)
    return Copy(folder)


def _stamp(info: RunInfo, names: Names | None, number: int) -> dict[str, Any]:
    read_as = {} if names is None else {**asdict(names), "left_out": sorted(names.left_out), "number": number}
    return {"id": info.id, "project": info.project, "state": info.state, "updated": info.updated, "read_as": read_as}


def _is_fresh(folder: Path, stamp: dict[str, Any]) -> bool:
    """Tell whether a copy is whole and holds the run as it is now; the stamp is written last."""
    try:
        return bool(json.loads((folder / STAMP_FILE).read_text(encoding="utf-8")) == stamp)
    except (OSError, ValueError):
        return False


def _copy_ours(run: RemoteRun) -> None:
    (run.folder / RECORD_FILE).unlink(missing_ok=True)  # of a copy made before the run went on
    run.copy_files(run.folder)
    with contextlib.suppress(OSError, ValueError):  # not all runs have noted them
        write_choices(run.folder, dict(json.loads((run.folder / CHOICES_FILE).read_text(encoding="utf-8"))))
    if not (run.folder / RECORD_FILE).exists():
        record_of_ours(run.info).write(run.folder)


def _copy_foreign(run: RemoteRun, *, names: Names, number: int) -> None:
    record, choices = record_of_foreign(run.info, names, number)
    curves = _curves(run.rows(), names)
    if curves:
        write_csv(run.folder / HISTORY_FILE, curves)
    if choices:
        write_choices(run.folder, choices)
    record.write(run.folder)


def _curves(rows: Rows, names: Names) -> list[dict[str, float]]:
    """Return the rows under our names; without an `epoch`, W&B's step stands for it."""
    curves = []
    for row in rows:
        found = {ours: float(row[theirs]) for ours, theirs in names.metrics.items() if is_number(row.get(theirs))}
        epoch = row.get("epoch", row.get("_step"))
        if found and is_number(epoch):
            curves.append({"epoch": float(epoch), **found})
    return curves
