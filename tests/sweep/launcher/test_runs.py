"""Real runs under the launcher, as a user starts them with Hydra's own sweeper."""

import json
import os
import re
import signal
from pathlib import Path

import psutil
import pytest

from tests.command import TINY, start
from tests.sweep.launcher.app import lives, wait_until

pytestmark = pytest.mark.slow

WORDS = (
    "-m",
    *TINY,
    "hydra/sweeper=basic",
    "hydra/launcher=local",
    "hydra.launcher.n_jobs=2",
    "paths.cache=cache",
)


def test_a_killed_run_is_named_at_once_and_the_other_is_stopped_by_ctrl_c(tmp_path: Path) -> None:
    process = start(*WORDS, "seed=0,1", "trainer.max_epochs=4000", cwd=tmp_path)
    wait_until(lambda: len(list(tmp_path.glob("runs/*/checkpoints/last.ckpt"))) == 2, 240)
    killed, other = (
        (folder, int(re.findall(r"process (\d+)", (folder / ".lock").read_text())[0]))
        for folder in sorted(tmp_path.glob("runs/*-*"))
    )
    os.kill(killed[1], signal.SIGKILL)
    seen = next(line for line in process.stdout if "killed" in line)
    assert re.fullmatch(r"#\d seed=\d   failed \(killed by signal 9 .*; see .*/train.log\)\n", seen)
    assert lives(other[1])
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=240)
    assert process.returncode == 130, rest
    assert "Warning" not in rest
    assert "Traceback" not in rest
    assert not lives(other[1])
    assert json.loads((other[0] / "record.json").read_text())["status"] == "interrupted"
    assert not (killed[0] / "record.json").exists()
    log = (other[0] / "train.log").read_text()
    assert log.count(" on 1 x ") == log.count("interrupted; ") == 1  # not a second time from the terminal's handler


def test_runs_on_two_devices_work_in_a_sweep_and_leave_no_rank_when_killed(tmp_path: Path) -> None:
    words = (*WORDS, "hydra.launcher.n_jobs=1", "hardware.devices=2", "trainer.max_epochs=1,4000")
    process = start(*words, cwd=tmp_path)
    wait_until(lambda: list(tmp_path.glob("runs/*/record.json")), 240)
    (finished,) = tmp_path.glob("runs/*/record.json")
    record = json.loads(finished.read_text())
    assert (record["status"], record["environment"]["num_devices"]) == ("complete", 2)
    assert (finished.parent / "train.log").read_text().count("epoch 1/1 ") == 1
    wait_until(lambda: len(list(tmp_path.glob("runs/*/checkpoints/last.ckpt"))) == 2, 240)
    started = psutil.Process(process.pid).children(recursive=True)
    ranks = [child.pid for child in started if "segsweep.training.machine.worker" in child.cmdline()[-3:]]
    (lock,) = (each for each in tmp_path.glob("runs/*-*/.lock") if each.parent != finished.parent)
    os.kill(int(re.findall(r"process (\d+)", lock.read_text())[0]), signal.SIGKILL)
    out, _ = process.communicate(timeout=240)
    assert process.returncode == 1, out
    assert "killed by signal 9" in out
    assert len(ranks) >= 2
    assert not any(lives(pid) for pid in ranks)
