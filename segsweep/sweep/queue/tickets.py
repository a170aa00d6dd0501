"""The queue of a sweep: every run is a ticket, a trial of the study, which one process at a time holds.

A ticket waits, runs, and ends in one state. Claiming, handing back and making tickets happen under a file lock in the
sweep's folder, so that it holds on any storage, and a ticket is never held twice.
"""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segsweep.core.locks import locked
from segsweep.sweep.queue.patience import patiently
from segsweep.sweep.queue.workers import Heartbeats, worker_id

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial, TrialState

BUSY_PAUSE_S = 5.0
"""Pause before a run is looked at again that somebody else is training."""
_BEAT = "beat:"
_WHAT = "The sweep's storage"


class Tickets:
    """The tickets of one study, as one process sees them."""

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
        """Return the trial that counts of each ticket: a retry comes after the one that failed."""
        trials = patiently(lambda: self.study.get_trials(deepcopy=False), _WHAT)
        return {trial.user_attrs["ticket"]: trial for trial in trials if "ticket" in trial.user_attrs}

    def make(self, params_of: Mapping[int, Mapping[str, Any]]) -> None:
        """Make the tickets that do not exist yet.

        Args:
            params_of: Number of each ticket to its fixed parameters; none for those that a sampler chooses.
        """
        with locked(self._lock_file):
            known = self.newest()
            for ticket, params in params_of.items():
                if ticket not in known:
                    self._enqueue(ticket, params)

    def make_again(self, trials: "Sequence[FrozenTrial]") -> None:
        """Make new tickets in place of ended ones that are to be run once more, with the same parameters."""
        with locked(self._lock_file):
            newest = self.newest()
            for trial in trials:
                ticket = trial.user_attrs["ticket"]
                if newest[ticket].number == trial.number:
                    self._enqueue(ticket, trial.params or trial.system_attrs.get("fixed_params", {}))

    def draw_again(self, trial: "FrozenTrial", *, draws: int) -> None:
        """Make a new ticket in place of one whose combination cannot be trained; a sampler chooses again."""
        with locked(self._lock_file):
            self._enqueue(trial.user_attrs["ticket"], {}, draws=draws)

    def _enqueue(self, ticket: int, params: Mapping[str, Any], **also: Any) -> None:
        attributes = {"ticket": ticket, **also}
        patiently(lambda: self.study.enqueue_trial(dict(params), user_attrs=attributes), _WHAT)

    def claim(self, tickets: range) -> "FrozenTrial | None":
        """Take the first ticket that waits; None where none does.

        Args:
            tickets: The tickets that belong to what was asked for.
        """
        from optuna.trial import TrialState

        with locked(self._lock_file):
            now = time.monotonic()
            for ticket, trial in sorted(self.newest().items()):
                if trial.state != TrialState.WAITING or ticket not in tickets:
                    continue
                if self._not_before.get(trial.number, 0) > now:
                    continue
                if self._set_state(trial, TrialState.RUNNING):
                    self.note(trial, worker=self.worker)
                    return patiently(lambda: self.study._storage.get_trial(trial._trial_id), _WHAT)  # noqa: B023
        return None

    def hand_back(self, trial: "FrozenTrial", *, pause_s: float = 0.0) -> None:
        """Let a ticket wait again, for this process not before a pause."""
        from optuna.trial import TrialState

        with locked(self._lock_file):
            self._not_before[trial.number] = time.monotonic() + pause_s
            if self._is_ours(trial):
                self._set_state(trial, TrialState.WAITING)

    def settle(self, trial: "FrozenTrial", state: "TrialState", values: Sequence[float] | None = None) -> bool:
        """End a ticket; returns whether it was ours to end."""
        from optuna.trial import TrialState

        with locked(self._lock_file):
            if not self._is_ours(trial):
                return False
            told = list(values) if state == TrialState.COMPLETE and values is not None else None
            patiently(lambda: self.study.tell(trial.number, told, state=state), _WHAT)
            return True

    def take_over(self) -> list[int]:
        """Let the tickets of dead processes wait again; returns their trials' numbers."""
        from optuna.trial import TrialState

        taken = []
        with locked(self._lock_file):
            beats = patiently(lambda: self.study.user_attrs, _WHAT)
            for trial in self.newest().values():
                if trial.state != TrialState.RUNNING:
                    continue
                worker = trial.user_attrs.get("worker")  # a process that died between the claim and this note has none
                if worker is None or self._heartbeats.is_dead(worker, beats.get(_BEAT + worker)):
                    self._set_state(trial, TrialState.WAITING)
                    taken.append(trial.number)
        return taken

    def beat(self) -> None:
        """Leave a sign of life for processes on other hosts."""
        patiently(lambda: self.study.set_user_attr(_BEAT + self.worker, time.time()), _WHAT)

    def note(self, trial: "FrozenTrial", **attributes: Any) -> None:
        """Write attributes of a trial."""
        storage = self.study._storage
        for name, value in attributes.items():
            patiently(lambda: storage.set_trial_user_attr(trial._trial_id, name, value), _WHAT)  # noqa: B023

    def _is_ours(self, trial: "FrozenTrial") -> bool:
        now = patiently(lambda: self.study._storage.get_trial(trial._trial_id), _WHAT)
        return not now.state.is_finished() and now.user_attrs.get("worker") == self.worker

    def _set_state(self, trial: "FrozenTrial", state: "TrialState") -> bool:
        return bool(patiently(lambda: self.study._storage.set_trial_state_values(trial._trial_id, state), _WHAT))
