"""A sweep process that is interrupted or killed leaves no run behind."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.command import ROOT
from tests.sweep.launcher.app import lives, wait_until


def start(folder: Path, do: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-m", "tests.sweep.launcher.driver", str(folder), do], cwd=ROOT)
    wait_until(lambda: len(list(folder.glob("ready-*"))) == 2)
    return process


def family(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def gone(processes: list[psutil.Process]) -> bool:
    return not any(lives(process.pid) for process in processes)


@pytest.mark.parametrize(("signal_number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_one_signal_lets_every_run_record_itself(tmp_path: Path, signal_number: signal.Signals, code: int) -> None:
    process = start(tmp_path, "wait")
    started = family(process)
    process.send_signal(signal_number)
    assert process.wait(30) == code
    assert len(list(tmp_path.glob("recorded-*"))) == 2
    assert len(started) >= 5  # the server, two runs, and what each of them started
    wait_until(lambda: gone(started))


def test_two_signals_kill_runs_that_do_not_end(tmp_path: Path) -> None:
    process = start(tmp_path, "stubborn")
    started = family(process)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 130
    wait_until(lambda: gone(started))


def test_a_killed_sweep_process_leaves_no_run_behind(tmp_path: Path) -> None:
    process = start(tmp_path, "wait")
    started = family(process)
    process.kill()
    process.wait()
    wait_until(lambda: gone(started), 30)
    assert len(list(tmp_path.glob("recorded-*"))) == 2
