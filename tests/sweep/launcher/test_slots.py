"""Slots are given out in order, and never twice."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from segsweep.core.processes import num_cores
from segsweep.sweep.launcher.slots import Slots
from segsweep.sweep.queue.outcome import JobStopped


def test_a_run_on_all_gpus_is_not_overtaken_by_those_that_come_after_it() -> None:
    slots, order = Slots(["0", "1"], seats=1), []
    waiting = threading.Event()

    def take(name: str, devices: int) -> None:
        waiting.set()
        with slots.taken(devices) as share:
            order.append((name, share.gpus))

    with ThreadPoolExecutor(2) as pool, slots.taken(1):
        pool.submit(take, "both", 2)
        while not slots._queue:
            waiting.wait(0.01)
        pool.submit(take, "one", 1)
        while len(slots._queue) < 2:
            waiting.wait(0.01)
        assert order == []  # a GPU is free, but another waits for it
    assert order == [("both", ("0", "1")), ("one", ("0",))]


def test_cores_are_shared_by_seats() -> None:
    with Slots(None, seats=1).taken() as share:
        assert (share.gpus, share.num_cores) == (None, num_cores())
    with Slots(["0", "1"], seats=2).taken(2) as share:
        assert share.num_cores == num_cores()
    with Slots((), seats=8 * num_cores()).taken() as share:
        assert (share.gpus, share.num_cores) == ((), 1)


def test_the_number_of_runs_at_once_follows_from_the_devices_of_each() -> None:
    slots = Slots(["0", "1", "2", "3"], seats=2)
    assert [slots.num_runs(devices) for devices in (1, 2, 3, "auto")] == [8, 2, 1, 1]
    assert Slots(None, seats=3).num_runs(2) == 3


def test_closing_sends_away_those_who_wait() -> None:
    slots = Slots(None, seats=1)
    with ThreadPoolExecutor(1) as pool, slots.taken():
        second = pool.submit(lambda: slots.taken().__enter__())
        slots.close()
        with pytest.raises(JobStopped):
            second.result(10)
