"""Answers of `python -m segsweep.inspect sweep`: one sweep with all its runs, or all sweeps."""

from pathlib import Path

from segsweep.core.errors import SegsweepError, SweepViewError
from segsweep.core.text import duration, first_line, markdown_table, plural, text_table
from segsweep.sweep.plan.facts import SWEEPS
from segsweep.sweep.plan.space import RUNS_AXIS
from segsweep.sweep.view.find import all_sweeps, namesakes
from segsweep.sweep.view.lines import GAP, best_line, epochs, number
from segsweep.sweep.view.model import RunView, SweepView
from segsweep.sweep.view.progress import left_s, typical_s
from segsweep.sweep.view.read import read_sweep
from segsweep.sweep.view.summary import last_lines

_ORDER = ("complete", "running", "pruned", "failed", "incompatible", "waiting")


def describe_sweep(folder: Path, *, markdown: bool = False) -> str:
    """Describe a sweep as it stands now: all runs, the best, failures, the time left; or its table in Markdown.

    Raises:
        SweepViewError: If the folder lacks what is needed.
    """
    view = read_sweep(folder)
    if markdown:
        return markdown_table(run_rows(view))
    parts = [
        _head(view),
        text_table(run_rows(view)),
        "\n".join(view.decisions),
        _oddities(view),
        last_lines(view, with_addresses=False),
        _others(folder),
    ]
    return "\n\n".join(part for part in parts if part)


def list_sweeps(runs: Path) -> str:
    """List the sweeps in a folder of runs, those that began last first, with the states of their runs.

    Raises:
        SweepViewError: If there is none.
    """
    folders = all_sweeps(runs)
    if not folders:
        raise SweepViewError(
            f"No sweep lies in {runs / SWEEPS}. Start one: python -m segsweep.train -m model=unet,fpn\n"
            "Another folder of runs: --runs FOLDER"
        )
    rows = [("sweep", "began", "runs", "best")]
    for folder in folders:
        try:
            view = read_sweep(folder)
            states = ", ".join(f"{num} {state}" for state, num in view.counts.items())
            rows.append((folder.name, _began(view), states or "none begun", best_line(view).removeprefix("best ")))
        except SegsweepError as error:
            rows.append((folder.name, "", first_line(str(error)), ""))
    return text_table(rows)


def run_rows(view: SweepView) -> list[tuple[str, ...]]:
    """Return the rows of the table of all runs, titles first: the best first, what was not decided yet left out."""
    axes = [axis for axis in view.axes if axis != RUNS_AXIS]
    keys = list(dict.fromkeys([*axes, *(key for run in view.runs for key in run.settings)]))
    metrics = list(view.objectives)
    if view.monitor not in metrics:
        metrics.append(view.monitor)
    rows: list[tuple[str, ...]] = [("", *_titles(keys), *metrics, "epochs", "time", "state")]
    typical = typical_s(view)
    for run in _ordered(view):
        settings = [run.settings.get(key, "-") for key in keys]
        values = [number(_value(run, view, metric)) for metric in metrics]
        rows.append((str(run.number), *settings, *values, epochs(run), _time(run, typical), run.state))
    return rows


def _ordered(view: SweepView) -> list[RunView]:
    place = {run.number: index for index, run in enumerate(view.ranked())}
    shown = [run for run in view.runs if run.overrides or run.state != "waiting"]
    return sorted(shown, key=lambda run: (_ORDER.index(run.state), place.get(run.number, run.number)))


def _titles(keys: list[str]) -> list[str]:
    """Shorten keys to their last part where that names only one of them."""
    leaves = [key.rpartition(".")[2] for key in keys]
    return [leaf if leaves.count(leaf) == 1 else key for key, leaf in zip(keys, leaves, strict=True)]


def _value(run: RunView, view: SweepView, metric: str) -> float | None:
    objectives = list(view.objectives)
    if run.values and metric in objectives:
        return run.values[objectives.index(metric)]
    return run.metric if metric == view.monitor else None


def _time(run: RunView, typical: float | None) -> str:
    spent = "-" if run.seconds is None else duration(run.seconds)
    left = left_s(run, typical) if run.state == "running" else None
    return spent if left is None else f"{spent}, {duration(left)} left"


def _head(view: SweepView) -> str:
    objectives = ", ".join(f"{metric} {mode}" for metric, mode in view.objectives.items())
    lines = [f"{view.folder.name}{GAP}began {_began(view)}{GAP}{objectives}{GAP}{plural(view.slots, 'run')} at a time"]
    return "\n".join([*lines, view.command])


def _began(view: SweepView) -> str:
    return f"{view.started.astimezone():%Y-%m-%d %H:%M}" if view.started else "-"


def _oddities(view: SweepView) -> str:
    """Name what does not fit together: folders that are gone, runs that nobody works on any more."""
    gone = [run for run in view.of("complete", "pruned") if run.folder and not run.folder.is_dir()]
    lines = []
    if gone:
        names = ", ".join(str(run.run) for run in gone[:5]) + (", ..." if len(gone) > 5 else "")
        verb = "is" if len(gone) == 1 else "are"
        lines.append(f"{plural(len(gone), 'folder')} of finished runs {verb} gone: {names}")
    lines += [f"run {run.number} ({run.sets}): {first_line(run.reason)}" for run in view.of("waiting") if run.reason]
    return "\n".join(lines)


def _others(folder: Path) -> str:
    others = namesakes(folder)
    return f"Older or changed sweeps of this name: {', '.join(others)}" if others else ""
