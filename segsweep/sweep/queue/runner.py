"""Runs one trial: what it sets, whether its run is done already, the launch, and how it ended."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hydra.core.utils import JobReturn, JobStatus
from hydra.plugins.launcher import Launcher

from segsweep.core.errors import Interrupted, SegsweepError
from segsweep.runs.folder import is_worked_on
from segsweep.runs.record import finished_record, read_record
from segsweep.sweep.plan.cells import Cell
from segsweep.sweep.plan.plan import SweepPlan
from segsweep.sweep.queue.budget import Budget
from segsweep.sweep.queue.notes import notes_of
from segsweep.sweep.queue.outcome import (
    NO_REASON,
    JobLost,
    JobStopped,
    Outcome,
    intermediate_values,
    outcome_of,
    record_failure,
)
from segsweep.sweep.queue.patience import STORAGE, patiently
from segsweep.sweep.queue.propose import propose
from segsweep.sweep.queue.trial_queue import BUSY_PAUSE_S, TrialQueue

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

MOST_DRAWS = 20
"""How often a sampler may propose, in a row, what cannot be trained."""


@dataclass(frozen=True)
class _Launch:
    """A run that is about to be launched, or was."""

    trial: "FrozenTrial"
    cell: Cell
    folder: Path
    started: datetime

    def record(self, reason: str) -> None:
        """Write the record of the run, which could not write its own."""
        try:
            record_failure(self.folder, self.cell.config or {}, reason, started=self.started)
        except (OSError, SegsweepError):
            return  # the folder is gone or read-only; the study keeps the reason


class Runner:
    """Runs trials; one of it serves all threads of a sweep."""

    def __init__(
        self,
        plan: SweepPlan,
        queue: TrialQueue,
        launcher: Launcher,
        budget: Budget,
        *,
        explain: Callable[[BaseException], str],
        is_stopping: Callable[[], bool],
        message: Callable[[str], None],
    ) -> None:
        """Prepare to run.

        Args:
            plan: The sweep.
            queue: Its trial queue.
            launcher: Starts a run and waits for it.
            budget: Decides whether a run may start.
            explain: Puts into a sentence why a launcher lost a run.
            is_stopping: Whether the user wants to stop: what ends from then on is not a failure.
            message: Writes a line for the user.
        """
        self._plan = plan
        self._queue = queue
        self._launcher = launcher
        self._budget = budget
        self._explain = explain
        self._is_stopping = is_stopping
        self._message = message

    def run(self, trial: "FrozenTrial") -> None:
        """Run a claimed trial until it has ended or waits again."""
        try:
            cell = self._cell(trial)
        except SegsweepError as mistake:
            self._fail(trial, str(mistake))
            return
        if cell.problem is not None:
            self._cannot_train(trial, cell)
            return
        folder = cell.folder(self._plan.runs)
        self._queue.write_notes(trial, overrides=list(cell.varied), run=cell.run)
        if cell.changes.data is not None:
            self._fail(trial, str(cell.changes.data))
        elif finished_record(folder, pruned_by=self._plan.study_name) is not None:
            self._end(trial, folder, outcome_of(folder, self._plan.objectives, before=None))
        elif is_worked_on(folder):
            self._queue.hand_back(trial, pause_s=BUSY_PAUSE_S)
        elif not self._budget.start():
            self._queue.hand_back(trial)
        else:
            self._launch(_Launch(trial, cell, folder, datetime.now(UTC)))

    def _cell(self, trial: "FrozenTrial") -> Cell:
        params = propose(self._plan, self._queue.study, trial)  # also of a grid: the study keeps them
        if self._plan.space.is_grid:
            index = notes_of(trial).index
            assert index is not None, "only queued trials are claimed"
            return self._plan.cells[index]
        return self._plan.cell_of(params)

    def _launch(self, launch: _Launch) -> None:
        before = read_record(launch.folder)
        error = self._error_of_launch(launch)
        reason = NO_REASON if error is None else self._explain(error)
        before = None if error is None else before  # a run that returned may be complete by its old record
        outcome = outcome_of(launch.folder, self._plan.objectives, before=before, otherwise=reason)
        if _is_final(error, outcome, launch.folder):
            launch.record(reason)
            outcome = Outcome("failed", reason=reason)
        if outcome.state == "lost" and is_worked_on(launch.folder):  # it lives on alone, or somebody else has it
            self._queue.hand_back(launch.trial, pause_s=BUSY_PAUSE_S)
            return
        if outcome.state in ("lost", "interrupted"):
            self._start_again(launch, outcome)
        else:
            self._end(launch.trial, launch.folder, outcome)

    def _error_of_launch(self, launch: _Launch) -> BaseException | None:
        """Launch a run and wait for it; returns what it raised, or how its launcher lost it."""
        its_own = [f"sweep.study={self._plan.study_name}", f"sweep.trial={launch.trial.number}"]
        if self._plan.repeats_changed:  # where it runs, other versions may give another folder
            its_own.append(f"hydra.sweep.subdir='{launch.cell.run}'")
        try:
            returned = self._launcher.launch([[*launch.cell.overrides, *its_own]], initial_job_idx=launch.trial.number)
        except Interrupted:
            self._queue.hand_back(launch.trial)
            raise
        except Exception as problem:  # an engine that fails to start a job, or loses it, raises types of its own
            return problem
        return _error_of(returned[0]) if returned else None

    def _start_again(self, launch: _Launch, outcome: Outcome) -> None:
        """Let a run whose process died, or was stopped by others, go on from its checkpoint, a few times."""
        attempts = notes_of(launch.trial).attempts + 1
        if self._is_stopping():
            self._queue.hand_back(launch.trial)
        elif attempts <= self._plan.settings.retries:
            self._queue.write_notes(launch.trial, attempts=attempts)
            self._message(f"again   {launch.cell.run}   {outcome.reason}; goes on from its last checkpoint")
            self._queue.hand_back(launch.trial)
        else:
            launch.record(outcome.reason)
            self._end(launch.trial, launch.folder, Outcome("failed", reason=outcome.reason))

    def _end(self, trial: "FrozenTrial", folder: Path, outcome: Outcome) -> None:
        from optuna.trial import TrialState

        if outcome.state == "complete":
            self._write_curve(trial, folder)
            self._queue.settle(trial, TrialState.COMPLETE, outcome.values)
        elif outcome.state == "pruned":
            self._queue.write_notes(trial, reason=outcome.reason)
            self._queue.settle(trial, TrialState.PRUNED)
        else:
            self._fail(trial, outcome.reason)

    def _fail(self, trial: "FrozenTrial", reason: str) -> None:
        from optuna.trial import TrialState

        self._queue.write_notes(trial, reason=reason)
        self._queue.settle(trial, TrialState.FAIL)
        self._budget.failed()

    def _cannot_train(self, trial: "FrozenTrial", cell: Cell) -> None:
        from optuna.trial import TrialState

        self._queue.write_notes(trial, overrides=list(cell.varied), reason=cell.problem or "", incompatible=True)
        self._queue.settle(trial, TrialState.FAIL)
        draws = notes_of(trial).draws + 1
        if not self._plan.space.is_grid and draws < MOST_DRAWS:
            self._queue.draw_again(trial, draws=draws)

    def _write_curve(self, trial: "FrozenTrial", folder: Path) -> None:
        """Give a trial the curve of a run that did not report it, for pruners to compare with."""
        if len(self._plan.objectives) > 1:
            return
        storage = self._queue.study._storage
        known = patiently(lambda: storage.get_trial(trial._trial_id), STORAGE).intermediate_values
        for epoch, value in intermediate_values(folder, self._plan.curve_metric).items():
            if epoch not in known:
                patiently(
                    lambda: storage.set_trial_intermediate_value(trial._trial_id, epoch, value),  # noqa: B023
                    STORAGE,
                )


def _is_final(error: BaseException | None, outcome: Outcome, folder: Path) -> bool:
    """Tell whether a run that did not record why it failed would fail again in the same way."""
    if isinstance(error, JobLost) and error.timed_out:
        return outcome.state != "complete"  # its own record holds that it was stopped, not why
    was_refused = isinstance(error, SegsweepError) and not isinstance(error, JobLost | JobStopped)
    return was_refused and outcome.state == "lost" and not is_worked_on(folder)  # before training


def _error_of(returned: JobReturn) -> BaseException | None:
    error = returned._return_value  # the property would print to the terminal and raise
    return error if returned.status == JobStatus.FAILED and isinstance(error, BaseException) else None
