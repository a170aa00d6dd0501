"""The trial queue of a sweep: every planned run is a trial of the study, which one process at a time holds.

A trial waits, runs, and ends in one state. Claiming, handing back and queueing happen under a file lock in the sweep's
folder, so that it holds on any storage, and a trial is never held twice.
"""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from segsweep.core.processes import locked
from segsweep.sweep.queue.notes import (
    Changes,
    attributes,
    given_params,
    heartbeats,
    notes_of,
    write_heartbeat,
    write_notes,
)
from segsweep.sweep.queue.patience import STORAGE, patiently
from segsweep.sweep.queue.workers import Heartbeats, worker_id

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial, TrialState

BUSY_PAUSE_S = 5.0
"""Pause before a run is looked at again that somebody else is training."""


class TrialQueue:
    """The trials of one study, as one process sees them."""

    def __init__(self, study: "Study", lock_file: Path) -> None:
        """Work on a study.

        Args:
            study: The study.
            lock_file: The sweep's lock; its folder is common to all processes of the sweep.
        """
        self.study = study
        self.worker = worker_id()
        self._lock_file = lock_file
        self._heartbeats = Heartbeats()
        self._not_before: dict[int, float] = {}

    def newest(self) -> "dict[int, FrozenTrial]":
        """Return the trial that counts of each run, by its number in the plan: a retry comes after the failed one."""
        trials = patiently(lambda: self.study.get_trials(deepcopy=False), STORAGE)
        return {index: trial for trial in trials if (index := notes_of(trial).index) is not None}

    def fill(self, params_of: Mapping[int, Mapping[str, Any]]) -> None:
        """Queue the runs that are not queued yet.

        Args:
            params_of: Number of each run in the plan to its fixed parameters; none where a sampler proposes them.
        """
        with locked(self._lock_file):
            known = self.newest()
            for index, params in params_of.items():
                if index not in known:
                    self._enqueue(params, index=index)

    def queue_again(self, trials: "Sequence[FrozenTrial]") -> None:
        """Queue ended runs once more, with the same parameters."""
        with locked(self._lock_file):
            newest = self.newest()
            for trial in trials:
                index = _index(trial)
                if newest[index].number == trial.number:
                    self._enqueue(trial.params or given_params(trial), index=index)

    def draw_again(self, trial: "FrozenTrial", *, draws: int) -> None:
        """Queue a new trial in place of one whose combination cannot be trained; a sampler chooses again."""
        with locked(self._lock_file):
            self._enqueue({}, index=_index(trial), draws=draws)

    def _enqueue(self, params: Mapping[str, Any], **notes: Unpack[Changes]) -> None:
        patiently(lambda: self.study.enqueue_trial(dict(params), user_attrs=attributes(**notes)), STORAGE)

    def claim(self, planned: range) -> "FrozenTrial | None":
        """Take the first trial that waits; None where none does.

        Args:
            planned: Numbers of the runs in the plan.
        """
        from optuna.trial import TrialState

        with locked(self._lock_file):
            now = time.monotonic()
            for index, trial in sorted(self.newest().items()):
                if trial.state != TrialState.WAITING or index not in planned:
                    continue
                if self._not_before.get(trial.number, 0) > now:
                    continue
                if self._set_state(trial, TrialState.RUNNING):
                    write_notes(self.study, trial, worker=self.worker)
                    return self._now(trial)
        return None

    def hand_back(self, trial: "FrozenTrial", *, pause_s: float = 0.0) -> None:
        """Let a trial wait again, for this process not before a pause."""
        from optuna.trial import TrialState

        with locked(self._lock_file):
            self._not_before[trial.number] = time.monotonic() + pause_s
            if self._is_ours(trial):
                self._set_state(trial, TrialState.WAITING)

    def settle(self, trial: "FrozenTrial", state: "TrialState", values: Sequence[float] | None = None) -> bool:
        """End a trial; returns whether it was ours to end."""
        from optuna.trial import TrialState

        with locked(self._lock_file):
            if not self._is_ours(trial):
                return False
            known = list(values) if state == TrialState.COMPLETE and values is not None else None
            patiently(lambda: self.study.tell(trial.number, known, state=state), STORAGE)
            return True

    def take_over(self) -> list[int]:
        """Let the trials of dead processes wait again; returns their numbers."""
        from optuna.trial import TrialState

        taken = []
        with locked(self._lock_file):
            seen = heartbeats(self.study)
            for trial in self.newest().values():
                if trial.state != TrialState.RUNNING:
                    continue
                worker = notes_of(trial).worker  # a process that died between the claim and this note has none
                if worker is None or self._heartbeats.is_dead(worker, seen.get(worker)):
                    self._set_state(trial, TrialState.WAITING)
                    taken.append(trial.number)
        return taken

    def send_heartbeat(self) -> None:
        """Show processes on other hosts that this one is alive."""
        write_heartbeat(self.study, self.worker)

    def write_notes(self, trial: "FrozenTrial", **notes: Unpack[Changes]) -> None:
        """Write notes on a trial."""
        write_notes(self.study, trial, **notes)

    def _is_ours(self, trial: "FrozenTrial") -> bool:
        now = self._now(trial)
        return not now.state.is_finished() and notes_of(now).worker == self.worker

    def _now(self, trial: "FrozenTrial") -> "FrozenTrial":
        return patiently(lambda: self.study._storage.get_trial(trial._trial_id), STORAGE)

    def _set_state(self, trial: "FrozenTrial", state: "TrialState") -> bool:
        return bool(patiently(lambda: self.study._storage.set_trial_state_values(trial._trial_id, state), STORAGE))


def _index(trial: "FrozenTrial") -> int:
    index = notes_of(trial).index
    assert index is not None, "a trial that this sweep did not queue"
    return index
