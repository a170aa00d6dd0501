"""Carries out a race: queues the runs that decide, and logs each decision; several processes may do so together."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from segsweep.core.processes import locked
from segsweep.core.text import first_line
from segsweep.runs.folder import PER_IMAGE_FILE, PER_IMAGE_VAL_FILE
from segsweep.runs.paired import pair_images
from segsweep.runs.per_image import Array, RunImages, read_run_images
from segsweep.stats.decisions import Rules, Standing
from segsweep.stats.race import hold_race
from segsweep.stats.verdicts import Judged
from segsweep.sweep.plan.plan import SweepPlan
from segsweep.sweep.plan.race import read_decisions, write_decisions
from segsweep.sweep.queue.notes import notes_of
from segsweep.sweep.queue.trial_queue import TrialQueue

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

_LOCK_FILE = ".race.lock"
_FILES = {"val": PER_IMAGE_VAL_FILE, "test": PER_IMAGE_FILE}


class Race:
    """A race, as one process sees it; what was decided follows from the runs that have ended, and from them alone."""

    def __init__(self, plan: SweepPlan, rules: Rules, queue: TrialQueue, message: Callable[[str], None]) -> None:
        """Prepare to race.

        Args:
            plan: The sweep; its cells are all configurations with the first seed, then with the second, and so on.
            rules: What the race is held by.
            queue: The trial queue.
            message: Writes a line for the user.
        """
        self._plan = plan
        self._rules = rules
        self._queue = queue
        self._message = message
        self._number = plan.num_combinations
        self._names = [" ".join(plan.cells[number].varied[1:]) for number in range(self._number)]  # without the seed
        self._params = list(plan.space.cells())
        self._reads: dict[int, RunImages | None] = {}
        self._judged: dict[object, Judged] = {}
        self._said = set(read_decisions(plan.folder))

    def advance(self, *, is_idle: bool = False) -> bool:
        """Decide what can be decided, and queue what is asked for next; returns whether anything was queued.

        Args:
            is_idle: Whether a slot is free although runs are wanted, since all of them run: the likeliest next run is
                then queued, so that no slot waits for a decision.
        """
        with locked(self._plan.folder / _LOCK_FILE):
            newest = self._queue.newest()
            standing = self._standing(newest)
            self._log(standing)
            new = [index for run in standing.wanted if (index := self._index(*run)) not in newest]
            if is_idle and not new and standing.wanted:
                new = [index for run in standing.spare if (index := self._index(*run)) not in newest][:1]
            self._queue.fill({index: self._params[index] for index in new})
        return bool(new)

    def _index(self, configuration: int, place: int) -> int:
        return place * self._number + configuration

    def _standing(self, newest: "Mapping[int, FrozenTrial]") -> Standing:
        ended: dict[tuple[int, int], Array | str] = {}
        complete = {}
        for index, cell in self._plan.cells.items():
            trial, run = newest.get(index), (index % self._number, index // self._number)
            if cell.problem is not None:
                ended[run] = f"it cannot be trained: {first_line(cell.problem)}"
            elif trial is not None and trial.state.name == "COMPLETE":
                complete[index] = trial
            elif trial is not None and trial.state.is_finished():
                ended[run] = f"its run failed: {first_line(notes_of(trial).reason) or 'no reason is known'}"
        scores, is_grouped = self._scores(complete)
        ended |= {(index % self._number, index // self._number): found for index, found in scores.items()}
        return hold_race(self._number, ended, self._rules, is_grouped=is_grouped, known=self._judged)

    def _scores(self, complete: "Mapping[int, FrozenTrial]") -> tuple[dict[int, Array], bool]:
        """Return the scores of complete runs, image by image where all have them, and whether images have groups."""
        ((metric, mode),) = self._plan.objectives.items()
        sign = 1.0 if mode == "max" else -1.0
        reads = {index: self._read(index, metric) for index in complete}
        known = {str(index): [read] for index, read in reads.items() if read is not None}
        if known and len(known) == len(reads):
            images = pair_images(known, is_mean="/image/" in metric)
            if images is not None:
                return {index: sign * images.runs[str(index)][0] for index in reads}, images.num_groups is not None
        return {index: sign * np.array(trial.values) for index, trial in complete.items()}, False

    def _read(self, index: int, metric: str) -> RunImages | None:
        """Read the scores of a run's images; each once."""
        split = metric.partition("/")[0]
        if index not in self._reads and split in _FILES:
            cell = self._plan.cells[index]
            task = cell.config["data"]["task"] if cell.config else None
            self._reads[index] = read_run_images(cell.folder(self._plan.runs) / _FILES[split], metric, task=task)
        return self._reads.get(index)

    def _log(self, standing: Standing) -> None:
        """Write all decisions, and show those that are new."""
        if not standing.decisions:
            return
        folder = self._plan.folder
        write_decisions(folder, standing.decisions, self._names)
        for line in read_decisions(folder):
            if line not in self._said:
                self._said.add(line)
                self._message(line)
