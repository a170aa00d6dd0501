"""How far a run is, from its history file, and how long it and the whole sweep still take."""

import heapq
import math
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from segsweep.core.files import read_csv
from segsweep.runs.folder import HISTORY_FILE
from segsweep.sweep.view.model import RunView, SweepView


@dataclass(frozen=True)
class Progress:
    """The state of a run by its history."""

    epoch: int = 0
    """Epochs that are done."""
    metric: float | None = None
    """Best value of the monitored metric."""
    epoch_s: float | None = None
    """Seconds of an epoch, in the middle."""
    written: float = 0.0
    """When the last epoch ended, in seconds since 1970."""

    def left_s(self, max_epochs: int | None) -> float | None:
        """Return the seconds of the epochs to come; None where they are not known."""
        if self.epoch_s is None or max_epochs is None:
            return None
        into_epoch_s = min(max(0.0, time.time() - self.written), self.epoch_s)
        return max(0.0, self.epoch_s * (max_epochs - self.epoch) - into_epoch_s)


class Histories:
    """Reads histories, each only after it has changed."""

    def __init__(self) -> None:
        self._read: dict[Path, tuple[tuple[int, int], Progress]] = {}

    def progress(self, folder: Path, monitor: str, mode: str) -> Progress:
        """Return how far the run in a folder is; nothing done where it has no history, or none that can be read."""
        file = folder / HISTORY_FILE
        try:
            stat = file.stat()
            version = (stat.st_mtime_ns, stat.st_size)
            known = self._read.get(file)
            if known is None or known[0] != version:
                known = version, _progress(read_csv(file), monitor, mode, stat.st_mtime)
                self._read[file] = known
            return known[1]
        except (OSError, ValueError, KeyError):
            return Progress()


def _progress(rows: list[dict[str, float]], monitor: str, mode: str, written: float) -> Progress:
    if not rows:
        return Progress()
    measured = [row[monitor] for row in rows if math.isfinite(row.get(monitor, math.nan))]
    best = (max if mode == "max" else min)(measured, default=None)
    seconds = [row["seconds"] for row in rows if "seconds" in row]
    return Progress(int(rows[-1]["epoch"]), best, statistics.median(seconds) if seconds else None, written)


def eta_s(view: SweepView) -> float | None:
    """Estimate the seconds until the last run has ended; None while nothing is known, or nothing is left.

    A waiting run takes as long as the ended ones of this sweep did on average, pruned ones included; before the first
    has ended, as long as the running ones will by their epochs. Each begins where a slot becomes free first.
    """
    running, num_waiting = view.of("running"), len(view.of("waiting"))
    if not running and not num_waiting:
        return None
    typical = typical_s(view)
    free = [left_s(run, typical) for run in running]
    if None in free or (num_waiting and typical is None):
        return None
    slots = [left or 0.0 for left in free]
    slots += [0.0] * (view.slots - len(slots))
    heapq.heapify(slots)
    for _ in range(num_waiting):
        heapq.heapreplace(slots, slots[0] + (typical or 0.0))
    return max(slots)


def typical_s(view: SweepView) -> float | None:
    """Return the seconds that a run of this sweep takes; None while nothing is known."""
    known = [run.seconds for run in view.of("complete", "pruned") if run.seconds]
    known = known or [run.seconds + run.left_s for run in view.of("running") if run.seconds and run.left_s is not None]
    return statistics.mean(known) if known else None


def left_s(run: RunView, typical: float | None) -> float | None:
    """Return what a running run still takes: by its own epochs, or else by those before it."""
    if run.left_s is not None or typical is None:
        return run.left_s
    return max(0.0, typical - (run.seconds or 0.0))
