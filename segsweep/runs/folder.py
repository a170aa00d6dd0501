"""The folder of a run: who works in it, and what lies in it."""

import fcntl
import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from segsweep.core.files import when_disk_allows, write_atomic
from segsweep.runs.errors import run_busy, runs_not_writable

RECORD_FILE = "record.json"
LOG_FILE = "train.log"
CHECKPOINTS = "checkpoints"
LAST_CHECKPOINT = f"{CHECKPOINTS}/last.ckpt"
BEST_CHECKPOINT = f"{CHECKPOINTS}/best.ckpt"
HISTORY_FILE = "history.csv"
PER_IMAGE_FILE = "per_image.csv"
"""Scores of each tested image."""
PER_IMAGE_VAL_FILE = "per_image_val.csv"
"""Scores of each validation image, of the epoch whose checkpoint is the best."""
CONFUSION_FILE = "confusion.csv"
PLOTS = "plots"
SAMPLES = "samples"
REQUEST_FILE = "request.json"
MEMORY_FILE = "memory.json"
TENSORBOARD = "tensorboard"
HYDRA_FILE = ".hydra/hydra.yaml"
"""What Hydra notes of a run: which file of each group was chosen, among others."""
_LOCK_FILE = ".lock"


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


def is_worked_on(folder: Path) -> bool:
    """Tell whether a process trains in a run's folder now."""
    lock_file = folder / _LOCK_FILE
    if not lock_file.exists():
        return False
    with lock_file.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


@contextmanager
def working_in(folder: Path) -> Iterator[None]:
    """Hold a run's folder for this process; the hold ends with the process, however it ends.

    Raises:
        RunError: If another process trains in the folder, or nothing can be written there.
    """
    require_writable(folder)
    folder.mkdir(exist_ok=True)
    with (folder / _LOCK_FILE).open("a+", encoding="utf-8") as lock:
        if not _taken(lock):
            lock.seek(0)
            raise run_busy(folder, lock.read().strip())
        when_disk_allows(lambda: _sign(lock), folder)
        yield


def _taken(lock: TextIO) -> bool:
    """Take a lock; who only looks whether it is free, holds it for a moment too, so a few tries are made."""
    for pause_s in (0.02, 0.1, 0.2, None):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if pause_s is not None:
                time.sleep(pause_s)
        else:
            return True
    return False


def _sign(lock: TextIO) -> None:
    os.ftruncate(lock.fileno(), 0)
    os.write(lock.fileno(), f"process {os.getpid()} on {os.uname().nodename}".encode())


def read_choices(folder: Path) -> dict[str, str]:
    """Return which file of each config group a run was started with; empty where nobody noted it."""
    import yaml  # only a few runs of a report are read

    try:
        text = (folder / HYDRA_FILE).read_text(encoding="utf-8")
        content: Any = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        choices = content["hydra"]["runtime"]["choices"]
        return {str(group): str(choice) for group, choice in choices.items() if choice is not None}
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError, UnicodeDecodeError):
        return {}


def write_choices(folder: Path, choices: Mapping[str, str]) -> None:
    """Note in a run's folder which files were chosen, where `read_choices` finds it."""
    (folder / HYDRA_FILE).parent.mkdir(parents=True, exist_ok=True)
    write_atomic(folder / HYDRA_FILE, json.dumps({"hydra": {"runtime": {"choices": dict(choices)}}}))
