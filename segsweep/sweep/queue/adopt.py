"""A changed search space is a new study; it takes over the finished runs that it shares with the ones before."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segsweep.core.errors import SegsweepError
from segsweep.runs.record import read_record
from segsweep.sweep.plan.cells import make_cell
from segsweep.sweep.plan.plan import Asked
from segsweep.sweep.queue.storage import open_storage
from segsweep.sweep.queue.study import SWEEP_FILE, SWEEPS, load_study
from segsweep.sweep.queue.tickets import Tickets

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial


def adopt_finished(asked: Asked, tickets: Tickets, storage: str) -> int:
    """Give a new study the complete trials of earlier studies of this sweep whose runs it could have proposed.

    Args:
        asked: The sweep, which a sampler draws.
        tickets: Its queue; nothing is done if it has tickets already.
        storage: Where the studies are kept.
    Returns:
        How many were taken over.
    """
    if tickets.newest():
        return 0
    adopted: set[str] = set()
    for folder in sorted((asked.runs / SWEEPS).glob("*")):
        for trial in _trials(folder, asked, storage):
            if len(adopted) < asked.num_runs and (run := _shared_run(trial, asked)) and run not in adopted:
                _add(trial, run, len(adopted), asked, tickets)
                adopted.add(run)
    return len(adopted)


def _trials(folder: Path, asked: Asked, storage: str) -> "list[FrozenTrial]":
    """Return the complete trials of another study of the same sweep and the same objectives."""
    try:
        facts: dict[str, Any] = json.loads((folder / SWEEP_FILE).read_text(encoding="utf-8"))
        if facts["study"] == asked.study_name or facts["name"] != asked.name or facts["storage"] != asked.storage:
            return []
        if facts["objectives"] != dict(asked.objectives):
            return []
        study = load_study(open_storage(storage, folder), facts["study"])
    except (OSError, ValueError, KeyError, SegsweepError):
        return []
    return [trial for trial in study.get_trials(deepcopy=False) if trial.state.name == "COMPLETE"]


def _shared_run(trial: "FrozenTrial", asked: Asked) -> str | None:
    """Return the complete run of a trial if the new space holds its parameters and they name the same run."""
    axes = asked.space.axes
    if set(trial.params) != set(axes):
        return None
    for key, value in trial.params.items():
        try:
            if not axes[key]._contains(axes[key].to_internal_repr(value)):
                return None
        except (ValueError, TypeError):
            return None
    try:
        cell = make_cell(asked.space.varied(trial.params), asked.space.fixed, asked.compose)
    except SegsweepError:
        return None
    if cell.problem or cell.run != trial.user_attrs.get("run"):
        return None
    record = read_record(cell.folder(asked.runs))
    return cell.run if record is not None and record.status == "complete" else None


def _add(trial: "FrozenTrial", run: str, ticket: int, asked: Asked, tickets: Tickets) -> None:
    from optuna.trial import create_trial

    tickets.study.add_trial(
        create_trial(
            params=trial.params,
            distributions=dict(asked.space.axes),
            values=trial.values,
            intermediate_values=trial.intermediate_values,
            user_attrs={"ticket": ticket, "run": run, "overrides": asked.space.varied(trial.params)},
        )
    )
