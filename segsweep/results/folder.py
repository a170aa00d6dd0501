"""The folder of a run: which one belongs to a name, who works in it, and what lies in it."""

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from segsweep.errors.runs import data_changed, run_busy, runs_not_writable
from segsweep.results.files import write_json
from segsweep.results.record import RunRecord, read_record

CHECKPOINTS = "checkpoints"
LAST_CHECKPOINT = f"{CHECKPOINTS}/last.ckpt"
BEST_CHECKPOINT = f"{CHECKPOINTS}/best.ckpt"
HISTORY_FILE = "history.csv"
PER_IMAGE_FILE = "per_image.csv"
CONFUSION_FILE = "confusion.csv"
PLOTS = "plots"
SAMPLES = "samples"
REQUEST_FILE = "request.json"
_STARTED_FILE = "started.json"
_LOCK_FILE = ".lock"


def attempt_folder(runs: Path, name: str, *, rerun: bool) -> Path:
    """Return the folder that a command works in: the newest one of that name, or the next beside it for a rerun.

    The first is `<name>`, reruns are `<name>.2`, `<name>.3`, ...
    """
    newest, following = runs / name, 2
    while (runs / f"{name}.{following}").exists():
        newest, following = runs / f"{name}.{following}", following + 1
    if rerun and newest.exists():
        return runs / f"{name}.{following}"
    return newest


def require_writable(folder: Path) -> None:
    """Refuse a run's folder in which nothing can be written, or that cannot be made.

    Raises:
        RunError: With the setting that chooses another place.
    """
    place = folder if folder.exists() else folder.parent
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        raise runs_not_writable(folder, error) from error


def finished_record(folder: Path) -> RunRecord | None:
    """Return the record of a run that needs no more work: complete or pruned."""
    record = read_record(folder)
    return record if record is not None and record.status in ("complete", "pruned") else None


@contextmanager
def working_in(folder: Path) -> Iterator[None]:
    """Hold a run's folder for this process; the hold ends with the process, however it ends.

    Raises:
        RunError: If another process trains in the folder, or nothing can be written there.
    """
    require_writable(folder)
    folder.mkdir(exist_ok=True)
    with (folder / _LOCK_FILE).open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            raise run_busy(folder, lock.read().strip()) from None
        lock.seek(0)
        lock.truncate()
        lock.write(f"process {os.getpid()} on {os.uname().nodename}")
        lock.flush()
        yield


def require_same_data(folder: Path, listing: str) -> None:
    """Remember the listing of the data at the start of a run, and refuse to go on with another.

    Args:
        folder: The run's folder.
        listing: Fingerprint of the names and sizes of the data's files.
    Raises:
        RunError: If the run was started on other files.
    """
    started = folder / _STARTED_FILE
    try:
        before = json.loads(started.read_text(encoding="utf-8"))["data_listing"]
    except (FileNotFoundError, json.JSONDecodeError, KeyError):
        write_json(started, {"data_listing": listing})
        return
    if before != listing:
        raise data_changed(folder)
