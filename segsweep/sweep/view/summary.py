"""The last lines of a sweep: its results, its failures and their reasons, what is left, what to type next."""

from segsweep.core.errors import and_more
from segsweep.core.text import duration, first_line, plural
from segsweep.sweep.view.lines import GAP, counts_line, ended_line, from_here
from segsweep.sweep.view.model import RunView, SweepView

PLOTS = "plots"
"""Folder of pictures in the sweep's folder."""
MAX_BEST = 5
MAX_FRONT = 20
MAX_FAILED = 20
MAX_LEFT_OUT = 10


def last_lines(view: SweepView, *, left_out_by: str | None = None, with_addresses: bool = True) -> str:
    """Sum a sweep up.

    `left_out_by` is the budget that ended it before its last run, as it was set, such as sweep.max_runs=12.
    """
    spent = f"{GAP}{duration(view.spent_s)} of runs" if view.spent_s else ""
    decided = [line for line in view.decisions[-1:] if "settled" in line]  # how a race ended
    results = [f"{counts_line(view)}{spent}", *decided, best_of(view), failures_of(view)]
    parts = [*results, _left(view, left_out_by), _next(view)]
    if with_addresses:
        if (view.folder / PLOTS).is_dir():
            parts.append(f"Plots: {from_here(view.folder / PLOTS)}")
        parts.append(f"All runs: python -m segsweep.inspect sweep {_address(view)}")
    return "\n".join(part for part in parts if part)


def best_of(view: SweepView) -> str:
    """List the best runs; of several objectives those that no other run beats."""
    if len(view.objectives) > 1:
        front = view.best()
        title = f"{len(front)} of {len(view.of('complete'))} complete runs are beaten by no other:"
        return f"{title}\n{_indented(front, view, MAX_FRONT)}" if front else ""
    ranked = view.ranked()[:MAX_BEST]
    return f"best:\n{_indented(ranked, view, MAX_BEST)}" if ranked else ""


def failures_of(view: SweepView) -> str:
    """List failed runs and cells that cannot run, each with its reason; many cells of one reason as one line."""
    failed, cells = view.of("failed"), view.of("incompatible")
    lines = [and_more([ended_line(run, view) for run in failed], MAX_FAILED)] if failed else []
    if cells:
        lines.append(f"  {plural(len(cells), 'combination')} cannot be trained:")
        lines.append(and_more([f"  {run.sets}: {first_line(run.reason)}" for run in cells], MAX_LEFT_OUT))
    return "\n".join(lines)


def _left(view: SweepView, left_out_by: str | None) -> str:
    waiting = view.of("waiting")
    if not waiting:
        return ""
    named = [run.sets for run in waiting if run.overrides]
    cause = f"left out by {left_out_by}" if left_out_by else "waiting"
    verb = "is" if len(waiting) == 1 else "are"
    title = f"{plural(len(waiting), 'run')} {verb} {cause}{':' if named else ''}"
    return f"{title}\n{and_more(named, MAX_LEFT_OUT)}" if named else title


def _next(view: SweepView) -> str:
    """Name the command to type where something is to be done and nobody does it."""
    if view.of("running") or not view.of("waiting", "failed"):
        return ""
    does = "goes on" if view.of("waiting") else "tries again what failed"
    return f"The same command {does}: {view.command}"


def _address(view: SweepView) -> str:
    """Return the arguments that name the sweep to `inspect` from here."""
    runs = from_here(view.folder.parent.parent)
    return view.folder.name if runs == "runs" else f"{view.folder.name} --runs {runs}"


def _indented(runs: list[RunView], view: SweepView, limit: int) -> str:
    return and_more([ended_line(run, view) for run in runs], limit)
