import multiprocessing
import os
import socket
import time
from pathlib import Path

import pytest
from optuna.trial import TrialState

from segsweep.sweep.queue import workers
from segsweep.sweep.queue.study import open_study
from segsweep.sweep.queue.tickets import Tickets
from segsweep.sweep.queue.workers import Heartbeats, runs_here, worker_id

ALL = range(100)


@pytest.fixture(params=["journal", "sqlite"])
def tickets(request: pytest.FixtureRequest, tmp_path: Path) -> Tickets:
    setting = "journal" if request.param == "journal" else f"sqlite:///{tmp_path}/studies.db"
    return Tickets(open_study(setting, tmp_path, "a", {"val/miou": "max"}), tmp_path / ".lock")


def test_tickets_are_made_once_however_often_they_are_asked_for(tickets: Tickets) -> None:
    tickets.make({0: {"seed": "0"}, 1: {"seed": "1"}})
    tickets.make({0: {"seed": "0"}, 1: {"seed": "1"}, 2: {"seed": "2"}})
    assert [trial.number for trial in tickets.newest().values()] == [0, 1, 2]


def test_a_ticket_is_claimed_settled_and_then_over(tickets: Tickets) -> None:
    tickets.make({0: {}})
    trial = tickets.claim(ALL)
    assert trial is not None
    assert tickets.claim(ALL) is None
    assert tickets.settle(trial, TrialState.COMPLETE, [0.5])
    assert not tickets.settle(trial, TrialState.FAIL)
    assert tickets.newest()[0].values == [0.5]


def test_only_tickets_that_were_asked_for_are_claimed(tickets: Tickets) -> None:
    tickets.make({0: {}, 1: {}, 2: {}})
    assert [trial.number for _ in range(3) if (trial := tickets.claim(range(2))) is not None] == [0, 1]


def test_a_ticket_that_is_handed_back_waits_and_can_be_claimed_again(tickets: Tickets) -> None:
    tickets.make({0: {}})
    first = tickets.claim(ALL)
    assert first is not None
    tickets.hand_back(first)
    again = tickets.claim(ALL)
    assert again is not None
    assert again.number == first.number
    tickets.hand_back(again, pause_s=60.0)
    assert tickets.claim(ALL) is None
    assert tickets.newest()[0].state == TrialState.WAITING


def test_a_retry_is_a_new_trial_of_the_same_ticket_with_the_same_parameters(tickets: Tickets) -> None:
    tickets.make({0: {"seed": "7"}})
    failed = tickets.claim(ALL)
    assert failed is not None
    tickets.settle(failed, TrialState.FAIL)
    newest = tickets.newest()[0]
    tickets.make_again([newest])
    tickets.make_again([newest])  # a second process that saw the same failure
    assert [trial.state for trial in tickets.study.trials] == [TrialState.FAIL, TrialState.WAITING]
    assert tickets.newest()[0].system_attrs["fixed_params"] == {"seed": "7"}


def _claim_and_die(tickets: Tickets) -> None:
    tickets.claim(ALL)
    os._exit(9)


def test_the_ticket_of_a_dead_process_is_taken_over_once_and_that_of_a_living_one_never(tmp_path: Path) -> None:
    tickets = Tickets(open_study("journal", tmp_path, "a", {"val/miou": "max"}), tmp_path / ".lock")
    tickets.make({0: {}, 1: {}})
    mine = tickets.claim(ALL)

    def claim_and_die() -> None:
        other = Tickets(open_study("journal", tmp_path, "a", {"val/miou": "max"}), tmp_path / ".lock")
        _claim_and_die(other)

    process = multiprocessing.get_context("fork").Process(target=claim_and_die)
    process.start()
    process.join(30)
    assert tickets.take_over() == [1]
    assert tickets.take_over() == []
    assert mine is not None
    assert tickets.newest()[0].state == TrialState.RUNNING
    assert tickets.newest()[1].state == TrialState.WAITING


def test_what_a_process_lost_to_a_peer_it_cannot_settle(tickets: Tickets) -> None:
    tickets.make({0: {}})
    trial = tickets.claim(ALL)
    assert trial is not None
    tickets.note(trial, worker="elsewhere:1:1.00")
    assert not tickets.settle(trial, TrialState.COMPLETE, [0.5])
    tickets.hand_back(trial)
    assert tickets.newest()[0].state == TrialState.RUNNING


def test_this_process_is_alive_and_one_that_had_its_number_before_is_not() -> None:
    assert runs_here(worker_id()) is True
    assert runs_here(f"{socket.gethostname()}:{os.getpid()}:1.00") is False
    assert runs_here("elsewhere:1:1.00") is None


def test_a_process_elsewhere_is_dead_when_its_heartbeat_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    beats = Heartbeats()
    assert not beats.is_dead("elsewhere:1:1.00", 5.0)
    now = workers.DEAD_AFTER_S - 1
    assert not beats.is_dead("elsewhere:1:1.00", 5.0)
    now += 2
    assert not beats.is_dead("elsewhere:1:1.00", 6.0)  # it beat: the clocks of two hosts are never compared
    now += workers.DEAD_AFTER_S + 1
    assert beats.is_dead("elsewhere:1:1.00", 6.0)
