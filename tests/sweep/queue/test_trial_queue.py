import multiprocessing
import os
import socket
import time
from pathlib import Path

import pytest
from optuna.trial import TrialState

from segsweep.sweep.queue import workers
from segsweep.sweep.queue.storage import open_study
from segsweep.sweep.queue.trial_queue import TrialQueue
from segsweep.sweep.queue.workers import Heartbeats, runs_here, worker_id

ALL = range(100)


@pytest.fixture(params=["journal", "sqlite"])
def queue(request: pytest.FixtureRequest, tmp_path: Path) -> TrialQueue:
    setting = "journal" if request.param == "journal" else f"sqlite:///{tmp_path}/studies.db"
    return TrialQueue(open_study(setting, tmp_path, "a", {"val/miou": "max"}), tmp_path / ".lock")


def test_runs_are_queued_once_however_often_they_are_planned(queue: TrialQueue) -> None:
    queue.fill({0: {"seed": "0"}, 1: {"seed": "1"}})
    queue.fill({0: {"seed": "0"}, 1: {"seed": "1"}, 2: {"seed": "2"}})
    assert [trial.number for trial in queue.newest().values()] == [0, 1, 2]


def test_a_trial_is_claimed_settled_and_then_over(queue: TrialQueue) -> None:
    queue.fill({0: {}})
    trial = queue.claim(ALL)
    assert trial is not None
    assert queue.claim(ALL) is None
    assert queue.settle(trial, TrialState.COMPLETE, [0.5])
    assert not queue.settle(trial, TrialState.FAIL)
    assert queue.newest()[0].values == [0.5]


def test_only_planned_runs_are_claimed(queue: TrialQueue) -> None:
    queue.fill({0: {}, 1: {}, 2: {}})
    assert [trial.number for _ in range(3) if (trial := queue.claim(range(2))) is not None] == [0, 1]


def test_a_trial_that_is_handed_back_waits_and_can_be_claimed_again(queue: TrialQueue) -> None:
    queue.fill({0: {}})
    first = queue.claim(ALL)
    assert first is not None
    queue.hand_back(first)
    again = queue.claim(ALL)
    assert again is not None
    assert again.number == first.number
    queue.hand_back(again, pause_s=60.0)
    assert queue.claim(ALL) is None
    assert queue.newest()[0].state == TrialState.WAITING


def test_a_retry_is_a_new_trial_of_the_same_run_with_the_same_parameters(queue: TrialQueue) -> None:
    queue.fill({0: {"seed": "7"}})
    failed = queue.claim(ALL)
    assert failed is not None
    queue.settle(failed, TrialState.FAIL)
    newest = queue.newest()[0]
    queue.queue_again([newest])
    queue.queue_again([newest])  # a second process that saw the same failure
    assert [trial.state for trial in queue.study.trials] == [TrialState.FAIL, TrialState.WAITING]
    assert queue.newest()[0].system_attrs["fixed_params"] == {"seed": "7"}


def _claim_and_die(queue: TrialQueue) -> None:
    queue.claim(ALL)
    os._exit(9)


def test_the_trial_of_a_dead_process_is_taken_over_once_and_that_of_a_living_one_never(tmp_path: Path) -> None:
    queue = TrialQueue(open_study("journal", tmp_path, "a", {"val/miou": "max"}), tmp_path / ".lock")
    queue.fill({0: {}, 1: {}})
    mine = queue.claim(ALL)

    def claim_and_die() -> None:
        other = TrialQueue(open_study("journal", tmp_path, "a", {"val/miou": "max"}), tmp_path / ".lock")
        _claim_and_die(other)

    process = multiprocessing.get_context("fork").Process(target=claim_and_die)
    process.start()
    process.join(30)
    assert queue.take_over() == [1]
    assert queue.take_over() == []
    assert mine is not None
    assert queue.newest()[0].state == TrialState.RUNNING
    assert queue.newest()[1].state == TrialState.WAITING


def test_what_a_process_lost_to_a_peer_it_cannot_settle(queue: TrialQueue) -> None:
    queue.fill({0: {}})
    trial = queue.claim(ALL)
    assert trial is not None
    queue.write_notes(trial, worker="elsewhere:1:1.00")
    assert not queue.settle(trial, TrialState.COMPLETE, [0.5])
    queue.hand_back(trial)
    assert queue.newest()[0].state == TrialState.RUNNING


def test_this_process_is_alive_and_one_that_had_its_number_before_is_not() -> None:
    assert runs_here(worker_id()) is True
    assert runs_here(f"{socket.gethostname()}:{os.getpid()}:1.00") is False
    assert runs_here("elsewhere:1:1.00") is None


def test_a_process_elsewhere_is_dead_when_its_heartbeat_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    heartbeats = Heartbeats()
    assert not heartbeats.is_dead("elsewhere:1:1.00", 5.0)
    now = workers.DEAD_AFTER_S - 1
    assert not heartbeats.is_dead("elsewhere:1:1.00", 5.0)
    now += 2
    assert not heartbeats.is_dead("elsewhere:1:1.00", 6.0)  # it sent one: the clocks of two hosts are never compared
    now += workers.DEAD_AFTER_S + 1
    assert heartbeats.is_dead("elsewhere:1:1.00", 6.0)
