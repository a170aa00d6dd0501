"""Jobs in processes of their own: apart from each other, and accounted for however they end."""

import logging
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import forkserver
from pathlib import Path

import pytest
from hydra.core.utils import JobStatus

from segsweep.core.errors import ConfigError
from segsweep.sweep.launcher import process
from segsweep.sweep.queue.outcome import JobLost, JobStopped
from tests.sweep.launcher.app import launcher, lives, values, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _back_to_this_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)


def test_each_job_has_a_fresh_process_a_session_and_a_log_of_its_own(tmp_path: Path) -> None:
    returned = launcher(tmp_path).launch([["value=1"], ["value=2"], ["value=3"]], 5)
    seen = values(returned)
    assert [(job["value"], job["of_value"]) for job in seen] == [(1, 1), (2, 2), (3, 3)]
    assert len({job["pid"] for job in seen} | {os.getpid()}) == 4
    assert all(job["session"] == job["pid"] and job["cwd"] == str(tmp_path) for job in seen)
    assert [each.overrides for each in returned] == [["value=1"], ["value=2"], ["value=3"]]
    assert [each.hydra_cfg.hydra.job.num for each in returned if each.hydra_cfg] == [5, 6, 7]
    assert [(tmp_path / f"runs/{number}/train.log").read_text() for number in (5, 6, 7)] == [
        f"job {value}\n" for value in (1, 2, 3)
    ]


def test_what_happens_to_one_job_is_said_and_the_others_go_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="segsweep.launcher")
    jobs = ["fail", "die value=9", "die value=11", "die value=-3", "unpicklable", "report value=7"]
    returned = launcher(tmp_path).launch([f"do={job}".split() for job in jobs], 0)
    raised, killed, crashed, left, unpicklable, seen = values(returned)
    assert isinstance(raised, ValueError)
    assert "value 0 is not possible" in str(raised)
    assert isinstance(killed, JobLost)
    assert (killed.process_exit_code, killed.timed_out) == (-9, False)
    assert str(killed) == "killed by signal 9 (SIGKILL; the system does that when memory runs out)"
    assert str(crashed) == "crashed by signal 11 (SIGSEGV)"
    assert str(left) == "ended without a result (exit code 3)"
    assert isinstance(unpicklable, TypeError)
    assert seen["value"] == 7
    assert [each.status for each in returned] == [JobStatus.FAILED] * 5 + [JobStatus.COMPLETED]
    log = tmp_path / "runs/2/train.log"
    assert "Segmentation fault" in log.read_text()  # its last words
    assert f"#2 do=die value=11   failed (crashed by signal 11 (SIGSEGV); see {log})" in caplog.messages
    assert "#5 do=report value=7   complete" in caplog.messages


def test_a_job_whose_config_cannot_be_composed_fails_alone(tmp_path: Path) -> None:
    mistake, seen = values(launcher(tmp_path).launch([["valeu=1"], ["value=1"]], 0))
    assert "Could not override 'valeu'" in str(mistake)
    assert seen["value"] == 1


def test_threads_that_launch_one_job_each_never_mix_their_configs(tmp_path: Path) -> None:
    local = launcher(tmp_path, n_jobs=4)
    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(lambda number: values(local.launch([[f"value={number}"]], number))[0], range(20)))
    assert [(job["value"], job["of_value"]) for job in seen] == [(number, number) for number in range(20)]
    assert len({job["pid"] for job in seen}) == 20


def test_a_server_that_was_killed_is_replaced(tmp_path: Path) -> None:
    local = launcher(tmp_path)
    local.warm_up()
    server = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
    os.kill(server, signal.SIGKILL)
    wait_until(lambda: not lives(server))
    (seen,) = values(local.launch([["value=1"]], 0))
    assert seen["value"] == 1
    assert forkserver._forkserver._forkserver_pid != server  # type: ignore[attr-defined]


def test_a_job_sees_the_environment_of_now_and_its_share_of_the_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cores = len(os.sched_getaffinity(0))
    (job,) = values(launcher(tmp_path, n_jobs=1).launch([[]], 0))
    assert (job["threads"], job["cores"], job["others"]) == (str(cores), str(cores), "0")
    (job,) = values(launcher(tmp_path, n_jobs=1).launch([["hardware.num_threads=5"]], 0))
    assert job["threads"] == "5"
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    (job,) = values(launcher(tmp_path, n_jobs=4 * cores).launch([[]], 0))
    assert (job["threads"], job["cores"], job["others"]) == ("3", "1", str(4 * cores - 1))


def test_jobs_see_one_gpu_each_and_no_gpu_has_two_jobs(tmp_path: Path) -> None:
    local = launcher(tmp_path, gpus=[0, "GPU-ab"])
    assert local.num_slots() == 2
    seen = values(local.launch([["do=meet", "value=2"], ["do=meet", "value=2"], ["do=meet", "value=2"]], 0))
    assert {job["gpus"] for job in seen[:2]} == {"0", "GPU-ab"}
    assert seen[2]["gpus"] in ("0", "GPU-ab")


def test_jobs_share_a_gpu_or_take_several_as_they_are_configured(tmp_path: Path) -> None:
    local = launcher(tmp_path, gpus=[0, 1], runs_per_gpu=2)
    assert local.num_slots() == 4
    seen = values(local.launch([["do=meet", "value=4"]] * 4 + [["hardware.devices=2"], ["hardware.devices=auto"]], 0))
    assert sorted(job["gpus"] for job in seen[:4]) == ["0", "0", "1", "1"]
    assert [job["gpus"] for job in seen[4:]] == ["0,1", "0,1"]


def test_a_job_that_asks_for_more_gpus_than_there_are_fails_alone(tmp_path: Path) -> None:
    refused, seen = values(launcher(tmp_path, gpus=[4]).launch([["hardware.devices=2"], []], 0))
    assert isinstance(refused, ConfigError)
    assert "hardware.devices=2, but the launcher has 1 GPU. Try hardware.devices=1" in str(refused)
    assert seen["gpus"] == "4"


def test_a_job_that_exceeds_its_time_is_stopped_and_what_it_started_too(tmp_path: Path) -> None:
    (lost,) = values(launcher(tmp_path, timeout_min=0.08).launch([["do=wait"]], 0))
    assert isinstance(lost, JobLost)
    assert lost.timed_out
    assert str(lost) == "exceeded 0.08 min (hydra.launcher.timeout_min)"
    assert not any(lives(int(pid)) for pid in (tmp_path / "pids-0").read_text().split())


def test_a_job_that_does_not_listen_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "GRACE_S", 0.5)
    (lost,) = values(launcher(tmp_path, timeout_min=0.08).launch([["do=stubborn"]], 0))
    assert (lost.timed_out, lost.process_exit_code) == (True, -9)


@pytest.mark.parametrize("now", [False, True], ids=["gently", "now"])
def test_stopping_ends_what_runs_and_starts_no_more(tmp_path: Path, now: bool) -> None:
    local = launcher(tmp_path)
    ended: list[object] = []
    jobs = [["do=wait", f"value={number}"] for number in range(3)]
    thread = threading.Thread(target=lambda: ended.extend(values(local.launch(jobs, 0))))
    thread.start()
    wait_until(lambda: len(list(tmp_path.glob("ready-*"))) == 2)
    pids = [int(pid) for file in tmp_path.glob("pids-*") for pid in file.read_text().split()]
    local.stop(now=now)
    thread.join(20)
    assert len(pids) == 4
    assert not any(lives(pid) for pid in pids)
    assert [type(each) for each in ended] == [JobStopped] * 3
    assert str(ended[0]) == "stopped with the sweep; the same command goes on from its last checkpoint"
    assert str(ended[2]) == "not started: the sweep was stopped"
    assert len(list(tmp_path.glob("recorded-*"))) == (0 if now else 2)
