"""A sweep and its runs in single lines."""

import os
from pathlib import Path

from segsweep.core.text import duration, first_line, plural
from segsweep.runs.folder import LOG_FILE
from segsweep.sweep.view.model import RunView, SweepView
from segsweep.sweep.view.progress import eta_s

GAP = "   "


def counts_line(view: SweepView) -> str:
    """Count the runs in each state, with the time that is left while some run."""
    counts = ", ".join(f"{num} {state}" for state, num in view.counts.items())
    parts = [f"{planned(view)}: {counts or 'none begun'}"]
    if view.of("running"):
        eta, elapsed = eta_s(view), view.elapsed_s
        parts += [] if eta is None else [f"ETA {duration(eta)}"]
        parts += [] if elapsed is None else [f"{duration(elapsed)} so far"]
    return GAP.join(parts)


def planned(view: SweepView) -> str:
    """Say how many runs a sweep has; of a race those asked for so far, and how many there can be."""
    if not view.is_race:
        return plural(view.num_runs, "run")
    if view.of("running", "waiting"):
        return f"at least {len(view.runs)}, at most {plural(view.num_runs, 'run')}"
    return f"{len(view.runs)} of at most {plural(view.num_runs, 'run')}"


def best_line(view: SweepView) -> str:
    """Name the best run so far; nothing before the first is complete, or where there are several objectives."""
    best = view.best() if len(view.objectives) == 1 else []
    return f"best {scores(best[0], view)}{GAP}{best[0].sets or best[0].run}" if best else ""


def ended_line(run: RunView, view: SweepView) -> str:
    """Describe how a run ended: its result and cost, or why it failed and where its log is; last what it sets."""
    name = run.run or f"trial {run.number}"
    if run.state == "complete":
        parts = [name, *_result(run, view)]
    elif run.state == "pruned":
        parts = [f"pruned  {name}", f"after epoch {epochs(run)}", *_result(run, view)]
    else:
        parts = [f"{run.state}  {name}", why(run)]
    return GAP.join(part for part in [*parts, run.sets] if part)


def short_line(run: RunView, view: SweepView) -> str:
    """Describe how a run ended in a line that may be cut at its end: what matters stands first."""
    result = [first_line(run.reason)] if run.state == "failed" else _result(run, view)
    return GAP.join(part for part in [f"{run.state:<8}  {run.number}", *result, run.sets] if part)


def _result(run: RunView, view: SweepView) -> list[str]:
    took = duration(run.seconds) if run.seconds else ""
    return [scores(run, view), took, f"{run.memory_gib:.1f} GiB" if run.memory_gib else ""]


def why(run: RunView) -> str:
    """Give in one line the reason why a run failed or cannot run, and where its log is."""
    reason = first_line(run.reason) or "no reason is known"
    log = log_file(run)
    return reason if log is None or LOG_FILE in reason else f"{reason.rstrip('.')}; see {log}"


def log_file(run: RunView) -> str | None:
    """Return the path of a run's log, from here if it lies below; None where there is none."""
    if run.folder is None or not (run.folder / LOG_FILE).exists():
        return None
    return from_here(run.folder / LOG_FILE)


def from_here(path: Path) -> str:
    """Write a path as it is typed here."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def scores(run: RunView, view: SweepView) -> str:
    """Write the objectives of a run, or its monitored metric while it has none."""
    if run.values:
        named = zip(view.objectives, run.values, strict=False)
        return GAP.join(f"{metric} {number(value)}" for metric, value in named)
    return "" if run.metric is None else f"{view.monitor} {number(run.metric)}"


def number(value: float | None) -> str:
    """Write a metric with as many digits as people compare."""
    if value is None:
        return "-"
    return f"{value:.4f}" if abs(value) < 100 else f"{value:.1f}"


def epochs(run: RunView) -> str:
    """Write how far a run is."""
    if run.epoch is None:
        return "-"
    return f"{run.epoch}/{run.max_epochs}" if run.max_epochs else str(run.epoch)
