"""How long a sweep still takes."""

import heapq
import statistics

from segsweep.sweep.view.model import RunView, SweepView


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
