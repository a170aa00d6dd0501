"""Runs one ticket: what it sets, whether its run is done already, the launch, and how it ended."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydra.core.utils import JobReturn, JobStatus
from hydra.plugins.launcher import Launcher

from segsweep.core.errors import Interrupted, SegsweepError
from segsweep.runs.folder import finished_record, is_worked_on
from segsweep.runs.record import read_record
from segsweep.sweep.engines.prepare import told_by_engine
from segsweep.sweep.launcher.errors import JobLost, JobStopped
from segsweep.sweep.plan.cells import Cell, make_cell
from segsweep.sweep.plan.plan import Asked
from segsweep.sweep.queue.budget import Budget
from segsweep.sweep.queue.outcome import Outcome, intermediate_values, outcome_of, record_failure
from segsweep.sweep.queue.patience import patiently
from segsweep.sweep.queue.propose import propose
from segsweep.sweep.queue.tickets import BUSY_PAUSE_S, Tickets

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

MOST_DRAWS = 20
"""How often a sampler may propose, in a row, what cannot be trained."""


class Runner:
    """Runs tickets; one of it serves all threads of a sweep."""

    def __init__(
        self,
        asked: Asked,
        tickets: Tickets,
        launcher: Launcher,
        budget: Budget,
        *,
        stopping: threading.Event,
        message: Callable[[str], None],
    ) -> None:
        """Prepare to run.

        Args:
            asked: The sweep.
            tickets: Its queue.
            launcher: Starts a run and waits for it.
            budget: Says whether a run may start.
            stopping: Set when the user wants to stop: what ends from then on is not a failure.
            message: Says a line to the user.
        """
        self._asked = asked
        self._tickets = tickets
        self._launcher = launcher
        self._budget = budget
        self._stopping = stopping
        self._message = message

    def run(self, trial: "FrozenTrial") -> None:
        """Run a claimed ticket until it has ended or waits again."""
        try:
            cell = self._cell(trial)
        except SegsweepError as mistake:
            self._fail(trial, str(mistake))
            return
        if cell.problem is not None:
            self._cannot_train(trial, cell)
            return
        folder = cell.folder(self._asked.runs)
        self._tickets.note(trial, overrides=list(cell.varied), run=cell.run)
        if finished_record(folder, pruned_by=self._asked.study_name) is not None:
            self._end(trial, cell, outcome_of(folder, self._asked.objectives, before=None))
        elif is_worked_on(folder):
            self._tickets.hand_back(trial, pause_s=BUSY_PAUSE_S)
        elif not self._budget.start():
            self._tickets.hand_back(trial)
        else:
            self._launch(trial, cell, folder)

    def _cell(self, trial: "FrozenTrial") -> Cell:
        if self._asked.space.is_grid:
            propose(self._asked, self._tickets.study, trial)  # so that the study knows the parameters
            return self._asked.cells[trial.user_attrs["ticket"]]
        params = propose(self._asked, self._tickets.study, trial)
        return make_cell(self._asked.space.varied(params), self._asked.space.fixed, self._asked.compose)

    def _launch(self, trial: "FrozenTrial", cell: Cell, folder: Path) -> None:
        before, started = read_record(folder), datetime.now(UTC)
        its_own = (f"sweep.study={self._asked.study_name}", f"sweep.trial={trial.number}")
        error: BaseException | None = None
        try:
            returned = self._launcher.launch([[*cell.overrides, *its_own]], initial_job_idx=trial.number)
            error = _error_of(returned[0]) if returned else None
        except Interrupted:
            self._tickets.hand_back(trial)
            raise
        except Exception as problem:  # an engine that fails to start a job, or loses it, says so in its own types
            error = problem
        told = _in_words(error)
        before = None if error is None else before  # a run that says it is done may be so by its old record
        outcome = outcome_of(folder, self._asked.objectives, before=before, told=told)
        if getattr(error, "timed_out", False) and outcome.state != "complete":
            outcome = Outcome("failed", reason=told)  # its own record says that it was told to stop, not why
            _record(folder, cell, told, started)
        if outcome.state == "lost" and is_worked_on(folder):  # it lives on without its sweep, or somebody else has it
            self._tickets.hand_back(trial, pause_s=BUSY_PAUSE_S)
            return
        if outcome.state == "lost" and isinstance(error, SegsweepError) and not _died(error):
            outcome = Outcome("failed", reason=told)  # refused before training: a second try would be too
            _record(folder, cell, told, started)
        if outcome.state in ("lost", "interrupted"):
            self._start_again(trial, cell, folder, outcome, started=started)
        else:
            self._end(trial, cell, outcome)

    def _start_again(
        self,
        trial: "FrozenTrial",
        cell: Cell,
        folder: Path,
        outcome: Outcome,
        *,
        started: datetime,
    ) -> None:
        """Let a run whose process died, or was stopped by others, go on from its checkpoint, a few times."""
        attempts = trial.user_attrs.get("attempts", 0) + 1
        if self._stopping.is_set():
            self._tickets.hand_back(trial)
        elif attempts <= self._asked.settings.retries:
            self._tickets.note(trial, attempts=attempts)
            self._message(f"again   {cell.run}   {outcome.reason}; goes on from its last checkpoint")
            self._tickets.hand_back(trial)
        else:
            _record(folder, cell, outcome.reason, started)
            self._end(trial, cell, Outcome("failed", reason=outcome.reason))

    def _end(self, trial: "FrozenTrial", cell: Cell, outcome: Outcome) -> None:
        from optuna.trial import TrialState

        folder = cell.folder(self._asked.runs)
        if outcome.state == "complete":
            self._tell_curve(trial, folder)
            self._tickets.settle(trial, TrialState.COMPLETE, outcome.values)
        elif outcome.state == "pruned":
            self._tickets.note(trial, reason=outcome.reason)
            self._tickets.settle(trial, TrialState.PRUNED)
        else:
            self._fail(trial, outcome.reason)

    def _fail(self, trial: "FrozenTrial", reason: str, **also: Any) -> None:
        from optuna.trial import TrialState

        self._tickets.note(trial, reason=reason, **also)
        self._tickets.settle(trial, TrialState.FAIL)
        if not also:
            self._budget.failed()

    def _cannot_train(self, trial: "FrozenTrial", cell: Cell) -> None:
        self._tickets.note(trial, overrides=list(cell.varied))
        self._fail(trial, cell.problem or "", incompatible=True)
        draws = trial.user_attrs.get("draws", 0) + 1
        if not self._asked.space.is_grid and draws < MOST_DRAWS:
            self._tickets.draw_again(trial, draws=draws)

    def _tell_curve(self, trial: "FrozenTrial", folder: Path) -> None:
        """Give a trial the curve of a run that did not report it, so that pruners know it."""
        if len(self._asked.objectives) > 1:
            return
        storage = self._tickets.study._storage
        known = patiently(lambda: storage.get_trial(trial._trial_id), "The sweep's storage").intermediate_values
        for epoch, value in intermediate_values(folder, self._asked.monitor).items():
            if epoch not in known:
                patiently(
                    lambda: storage.set_trial_intermediate_value(trial._trial_id, epoch, value),  # noqa: B023
                    "The sweep's storage",
                )


def _record(folder: Path, cell: Cell, reason: str, started: datetime) -> None:
    try:
        record_failure(folder, cell.config or {}, reason, started=started)
    except (OSError, SegsweepError):
        return  # the folder is gone or read-only; the study keeps the reason


def _error_of(returned: JobReturn) -> BaseException | None:
    error = returned._return_value  # the property would print to the terminal and raise
    return error if returned.status == JobStatus.FAILED and isinstance(error, BaseException) else None


def _died(error: BaseException) -> bool:
    """Tell whether an error says that the process is gone, rather than what it refused."""
    return isinstance(error, JobLost | JobStopped)


def _in_words(error: BaseException | None) -> str:
    if error is None:
        return "its process ended without a word"
    return told_by_engine(error)
