"""Reads the runs of a folder; one that is damaged or not done is listed, and stops nothing."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from segsweep.report.errors import no_runs, no_such_folder
from segsweep.report.read.model import Excluded, RunFacts
from segsweep.report.read.settings import configuration_key, configuration_settings
from segsweep.runs.folder import HISTORY_FILE, LOG_FILE, RECORD_FILE, is_worked_on
from segsweep.runs.record import RunRecord, Status

_NO_RUNS = ("sweeps", "report", "wandb")
"""Folders beside the runs that hold something else."""
_SIGNS = (".hydra", LOG_FILE, HISTORY_FILE)
"""What a run leaves before its record."""
_TABLES = ("training", "cost", "data", "environment")


def collect(runs: Path, *, may_be_empty: bool = False) -> tuple[list[RunFacts], list[Excluded]]:
    """Read all runs of a folder.

    Args:
        runs: Folder of runs, as `paths.runs`.
        may_be_empty: Whether a folder without runs is no mistake.
    Returns:
        The runs that have a record, however they ended, by name; and those without a readable one.
    Raises:
        ReportError: If the folder does not exist, or holds no run.
    """
    if not runs.is_dir():
        raise no_such_folder(runs)
    folders = sorted(entry for entry in runs.iterdir() if entry.name not in _NO_RUNS and entry.is_dir())
    with ThreadPoolExecutor(8) as pool:  # a network disk answers one question in the time of eight
        read = [found for found in pool.map(read_run, folders) if found is not None]
    if not read and not may_be_empty:
        raise no_runs(runs)
    return [run for run in read if isinstance(run, RunFacts)], [run for run in read if isinstance(run, Excluded)]


def read_run(folder: Path) -> RunFacts | Excluded | None:
    """Read one run; None for a folder that is none."""
    try:
        content = (folder / RECORD_FILE).read_bytes()
    except FileNotFoundError:
        return _without_record(folder)
    except OSError as error:
        return Excluded(folder, "damaged", f"{RECORD_FILE} cannot be read ({error.strerror or error})")
    try:
        record = _parsed(content)
        settings = configuration_settings(record)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return Excluded(folder, "damaged", f"{RECORD_FILE} is damaged ({_problem(error)}); the same command mends it")
    return RunFacts(folder, record, settings, configuration_key(settings))


def _parsed(content: bytes) -> RunRecord:
    found = json.loads(content)
    if not isinstance(found, dict):
        raise TypeError("it holds no record")
    _require_shape(found)
    # The names of metrics are the same in all records; shared, 10,000 records take half the memory.
    metrics = {sys.intern(name): value for name, value in found["metrics"].items()}
    record = RunRecord.read(found | {"metrics": metrics})
    return record if record.training.tested_split != "val" else replace(record, metrics=_of_validation(metrics))


def _of_validation(metrics: dict[str, float | None]) -> dict[str, float | None]:
    """Name what was measured without test images by the images that it was measured on."""
    tested = {name: value for name, value in metrics.items() if name.startswith("test/")}
    others = {name: value for name, value in metrics.items() if name not in tested}
    return others | {sys.intern(f"val/{name.removeprefix('test/')}"): value for name, value in tested.items()}


def _require_shape(found: dict[str, Any]) -> None:
    """Touch what every record has, so that one made by hand or cut short is found here and not later."""
    if found["status"] not in get_args(Status):
        raise ValueError(f"status {found['status']!r} is none")
    for part in ("metrics", "config", *_TABLES):
        if not isinstance(found.get(part, {}), dict):
            raise TypeError(f"{part} is no table")
    config = found["config"]
    _ = config["model"]["arch"], config["encoder"]["name"], config["data"]["name"], config["seed"], config["trainer"]
    for name, value in found["metrics"].items():
        if value is not None and not isinstance(value, int | float):
            raise TypeError(f"{name} is not a number")


def _problem(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"no {error.args[0]}"
    return str(error) or type(error).__name__


def _without_record(folder: Path) -> Excluded | None:
    if not any((folder / sign).exists() for sign in _SIGNS):
        return None
    if _is_trained_now(folder):
        return Excluded(folder, "unfinished", "it is being trained now")
    return Excluded(folder, "unfinished", "it has not ended: no record; the same command goes on with it")


def _is_trained_now(folder: Path) -> bool:
    try:
        return is_worked_on(folder)
    except OSError:  # a folder of somebody else, or on a disk that cannot be written
        return False
