"""Starts sweeps, kills their runs, and counts what came out."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Container, Mapping
from pathlib import Path
from typing import TypeVar

import psutil

from segsweep.core.files import read_csv
from segsweep.runs.folder import LAST_CHECKPOINT
from segsweep.runs.record import read_record
from segsweep.sweep.view.read import read_sweep
from tests.command import TINY
from tests.warm import Command

Environment = dict[str, str]
EPOCHS = 6
WITHIN_S = 240.0
"""Far more than anything here takes: a test that gets there has failed."""
SMALL = (
    *TINY,
    "encoder=mobilenet_v2",
    "optimizer=sgd",
    f"trainer.max_epochs={EPOCHS}",
    "hardware.num_threads=1",
)
"""Runs of a network whose checkpoints are small, for they are written after every epoch."""
UNAIDED = {"PYTHONSAFEPATH": "1"}
"""Python then does not look for a plugin in the working folder, as where a command is a console script."""
Value = TypeVar("Value")


def until(look: Callable[[], Value | None], what: str, within_s: float = WITHIN_S) -> Value:
    """Look again until there is something to see."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {within_s:g} s: {what}")


def sweep_command(*words: str) -> list[str]:
    """Return the command of a sweep of small runs."""
    return [sys.executable, "-m", "segsweep.train", "-m", *SMALL, *words]


class Sweep:
    """A sweep process."""

    def __init__(self, *words: str, cwd: Path, env: Mapping[str, str] | None = None) -> None:
        self._said = cwd / f"said-{time.monotonic_ns()}.txt"
        environment = {**os.environ, "OMP_NUM_THREADS": "1", **(env or {})}
        with self._said.open("w") as file:
            self.process: Command | subprocess.Popen[bytes] = (
                Command("segsweep.train", ("-m", *SMALL, *words), cwd, environment, file)
                if env is None
                else subprocess.Popen(
                    sweep_command(*words), cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=file
                )
            )

    @property
    def said(self) -> str:
        """What it has printed."""
        return self._said.read_text()

    def ended(self) -> str:
        """Wait for its end, which has to be a good one, and return what it said."""
        code = self.process.wait(WITHIN_S)
        assert code == 0, self.said
        return self.said


def training(runs: Path, but: Container[str] = ()) -> tuple[str, psutil.Process]:
    """Wait for a run that has a checkpoint, and return its name and the process that trains it.

    Args:
        runs: The folder of runs.
        but: Names of runs that do not count.
    """

    def look() -> tuple[str, psutil.Process] | None:
        for checkpoint in runs.glob(f"*/{LAST_CHECKPOINT}"):
            folder = checkpoint.parents[1]
            if folder.name in but or (folder / "record.json").exists():
                continue
            words = (folder / ".lock").read_text().split()
            if len(words) > 1 and words[1].isdecimal() and psutil.pid_exists(int(words[1])):
                return folder.name, psutil.Process(int(words[1]))
        return None

    return until(look, f"a run in training in {runs}")


def sweep_of(process: psutil.Process) -> psutil.Process:
    """Return the sweep process that a run's process belongs to."""
    return process.parents()[1]  # its parent forks runs for the sweep


def expect_every_run_once(runs: Path, num_runs: int) -> None:
    """Hold that each of so many runs is complete, was trained through every epoch once, and is counted once."""
    records = {file.parent.name: read_record(file.parent) for file in runs.glob("*/record.json")}
    assert {name: record.status for name, record in records.items() if record} == dict.fromkeys(records, "complete")
    assert len(records) == num_runs
    for name in records:
        assert [row["epoch"] for row in read_csv(runs / name / "history.csv")] == list(range(1, EPOCHS + 1))
    (folder,) = (file.parent for file in runs.glob("sweeps/*/sweep.json"))
    assert json.loads((folder / "sweep.json").read_text())["num_runs"] == num_runs
    view = read_sweep(folder)
    assert sorted(run.run or "" for run in view.of("complete")) == sorted(records)
    assert len(view.runs) == num_runs


def went_on(runs: Path, name: str) -> bool:
    """Tell whether a run was continued from its checkpoint."""
    return "going on from" in (runs / name / "train.log").read_text()
