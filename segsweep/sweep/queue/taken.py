"""The runs that lie in their folders when a sweep begins: whether it may take them as they are."""

from segsweep.core.errors import SegsweepError
from segsweep.runs.reuse import describe_changes
from segsweep.sweep.plan.cells import Cell
from segsweep.sweep.plan.errors import runs_of_other_data
from segsweep.sweep.plan.plan import SweepPlan
from segsweep.sweep.queue.trial_queue import TrialQueue


def check_taken(plan: SweepPlan, queue: TrialQueue) -> str | None:
    """Refuse a sweep that would take runs on other data than those of today.

    Returns:
        What differs besides, in a line for all runs; None where nothing does.
    Raises:
        SweepError: With the runs, and what trains them again.
    """
    cells = _cells(plan, queue)
    changed = {cell.run: str(cell.changes.data) for cell in cells if cell.changes.data is not None}
    if changed:
        raise runs_of_other_data(list(changed), next(iter(changed.values())))
    return describe_changes([cell.changes for cell in cells if cell.changes])


def _cells(plan: SweepPlan, queue: TrialQueue) -> list[Cell]:
    """Return the cells of a grid, or those of the ended trials of a search."""
    if plan.space.is_grid:
        return list(plan.cells.values())
    found = []
    for trial in queue.newest().values():
        if trial.state.name == "COMPLETE":
            try:
                found.append(plan.cell_of(trial.params))
            except SegsweepError:  # of a version that knew other settings
                continue
    return found
