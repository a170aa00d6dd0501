from datetime import UTC, datetime
from pathlib import Path

import pytest

from segsweep.sweep.view.model import RunView, SweepView
from segsweep.sweep.view.progress import Progress, eta_s

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def sweep(*runs: RunView, slots: int = 2) -> SweepView:
    return SweepView(
        name="a",
        folder=Path("runs/sweeps/a"),
        command="",
        monitor="val/miou",
        mode="max",
        objectives={"val/miou": "max"},
        axes=("seed",),
        num_runs=len(runs),
        slots=slots,
        runs=runs,
        started=NOON,
        now=NOON,
    )


DONE = RunView(0, "complete", seconds=100.0)
PRUNED = RunView(1, "pruned", seconds=20.0)
WAITING = RunView(9, "waiting")


def running(*, seconds: float, left_s: float | None) -> RunView:
    return RunView(2, "running", seconds=seconds, left_s=left_s)


def test_waiting_runs_begin_where_a_slot_becomes_free_and_take_as_long_as_ended_ones() -> None:
    busy = running(seconds=10.0, left_s=30.0)
    assert eta_s(sweep(DONE, PRUNED, busy)) == 30
    assert eta_s(sweep(DONE, PRUNED, busy, WAITING)) == 60  # in the free slot: (100 + 20) / 2
    assert eta_s(sweep(DONE, PRUNED, busy, WAITING, WAITING)) == 90  # the second after the running one: 30 + 60
    assert eta_s(sweep(DONE, PRUNED, busy, WAITING, WAITING, slots=1)) == 150


def test_before_the_first_run_has_ended_the_running_ones_tell_by_their_epochs() -> None:
    assert eta_s(sweep(running(seconds=10.0, left_s=30.0), WAITING, slots=1)) == 70  # 30 + (10 + 30)
    assert eta_s(sweep(running(seconds=10.0, left_s=None))) is None
    assert eta_s(sweep(DONE, running(seconds=30.0, left_s=None))) == 70


def test_nothing_is_estimated_where_nothing_is_left_or_known() -> None:
    assert eta_s(sweep(DONE)) is None
    assert eta_s(sweep(WAITING)) is None


def test_the_epochs_to_come_take_as_long_as_the_one_in_the_middle() -> None:
    assert Progress(4, 0.5, epoch_s=10.0).left_s(10) == pytest.approx(50)  # the fifth must be about to end
    assert Progress(10, 0.5, epoch_s=10.0).left_s(10) == 0
    assert Progress(0).left_s(10) is None
    assert Progress(4, 0.5, epoch_s=10.0).left_s(None) is None
