"""A sweep that is killed again and again ends as one that nobody touched."""

import json
import os
import random
import signal
import time
from pathlib import Path

import psutil
import pytest

from tests.command import TINY, start
from tests.warm import Command

NUM_KILLS = 12
LATEST_S = 4.0
SWEEP = ("-m", "model=unet,fpn", "seed=range(0,4)", *TINY, "trainer.max_epochs=3")


def records(runs: Path) -> dict[str, dict[str, object]]:
    return {file.parent.name: json.loads(file.read_text()) for file in sorted(runs.glob("*/record.json"))}


def finish(runs: Path, cwd: Path) -> None:
    process = start(*SWEEP, f"paths.runs={runs}", cwd=cwd)
    out, _ = process.communicate(timeout=600)
    assert process.returncode == 0, out


def family(process: Command) -> list[psutil.Process]:
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def runs_of(members: list[psutil.Process]) -> list[psutil.Process]:
    """Return the processes that train: those that lead a session of their own."""
    return [member for member in members if psutil.pid_exists(member.pid) and _leads(member)]


def _leads(member: psutil.Process) -> bool:
    try:
        return os.getsid(member.pid) == member.pid
    except ProcessLookupError:
        return False


def kill(*members: psutil.Process) -> None:
    for member in members:
        try:
            member.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            continue


@pytest.mark.timeout(900)
def test_a_sweep_killed_at_random_moments_loses_no_run_and_repeats_none(tmp_path: Path) -> None:
    runs, rng = tmp_path / "runs", random.Random(7)
    killed: list[str] = []
    process = start(*SWEEP, f"paths.runs={runs}", cwd=tmp_path)
    while len(killed) < NUM_KILLS:
        time.sleep(rng.uniform(0.2, LATEST_S))  # the moment of the kill
        members, what = family(process), rng.choice(["sweep", "run", "everything"])
        training = runs_of(members)
        if what == "run" and training:
            kill(rng.choice(training))
        else:
            what = "sweep" if what == "run" else what
            kill(psutil.Process(process.pid), *(members if what == "everything" else []))
            process.wait(120)
        killed.append(what)
        if process.poll() is not None:
            process.communicate(timeout=240)  # what it started is gone too: nobody holds its output any more
            process = start(*SWEEP, f"paths.runs={runs}", cwd=tmp_path)
    process.communicate(timeout=600)

    finish(runs, tmp_path)
    finish(tmp_path / "undisturbed", tmp_path)
    found, wanted = records(runs), records(tmp_path / "undisturbed")
    assert len(wanted) == 8
    assert {name: record["status"] for name, record in found.items()} == dict.fromkeys(wanted, "complete")
    assert {name: record["metrics"] for name, record in found.items()} == {
        name: record["metrics"] for name, record in wanted.items()
    }
    for name in found:
        epochs = [line.split(",")[0] for line in (runs / name / "history.csv").read_text().splitlines()[1:]]
        assert [float(epoch) for epoch in epochs] == [1, 2, 3]
    assert sorted(folder.name for folder in runs.iterdir() if folder.name != "sweeps") == sorted(wanted)
