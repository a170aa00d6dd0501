"""A changed search space is a new study; it takes over the finished runs that it shares with the ones before."""

from pathlib import Path
from typing import TYPE_CHECKING

from segsweep.core.errors import SegsweepError
from segsweep.runs.record import read_record
from segsweep.sweep.plan.facts import SWEEPS, read_facts
from segsweep.sweep.plan.plan import SweepPlan
from segsweep.sweep.queue.notes import attributes, notes_of
from segsweep.sweep.queue.outcome import intermediate_values
from segsweep.sweep.queue.storage import load_study, open_storage
from segsweep.sweep.queue.trial_queue import TrialQueue

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial


def adopt_finished(plan: SweepPlan, queue: TrialQueue, storage: str) -> int:
    """Give a new study the complete trials of earlier studies of this sweep whose runs it could have proposed.

    Args:
        plan: The sweep, whose parameters a sampler proposes.
        queue: Its trial queue; nothing is done if it holds trials already.
        storage: Where the studies are kept.
    Returns:
        How many were taken over.
    """
    if queue.newest():
        return 0
    adopted: set[str] = set()
    for folder in sorted((plan.runs / SWEEPS).glob("*")):
        for trial in _trials(folder, plan, storage):
            if len(adopted) < plan.num_runs and (run := _shared_run(trial, plan)) and run not in adopted:
                _add(trial, run, len(adopted), plan, queue)
                adopted.add(run)
    return len(adopted)


def _trials(folder: Path, plan: SweepPlan, storage: str) -> "list[FrozenTrial]":
    """Return the complete trials of another study of the same sweep and the same objectives."""
    try:
        facts = read_facts(folder)
        if facts.study == plan.study_name or (facts.name, facts.storage) != (plan.name, plan.storage):
            return []
        if facts.objectives != dict(plan.objectives):
            return []
        study = load_study(open_storage(storage, folder), facts.study)
    except (OSError, ValueError, KeyError, SegsweepError):
        return []
    return [trial for trial in study.get_trials(deepcopy=False) if trial.state.name == "COMPLETE"]


def _shared_run(trial: "FrozenTrial", plan: SweepPlan) -> str | None:
    """Return the complete run of a trial if the new space holds its parameters and they name the same run."""
    axes = plan.space.axes
    if set(trial.params) != set(axes):
        return None
    for key, value in trial.params.items():
        try:
            if not axes[key]._contains(axes[key].to_internal_repr(value)):
                return None
        except (ValueError, TypeError):
            return None
    try:
        cell = plan.cell_of(trial.params)
    except SegsweepError:
        return None
    if cell.problem or cell.changes.data or cell.run != notes_of(trial).run:
        return None
    record = read_record(cell.folder(plan.runs))
    return cell.run if record is not None and record.status == "complete" else None


def _add(trial: "FrozenTrial", run: str, index: int, plan: SweepPlan, queue: TrialQueue) -> None:
    from optuna.trial import create_trial

    curve = {} if len(plan.objectives) > 1 else intermediate_values(plan.runs / run, plan.curve_metric)
    queue.study.add_trial(
        create_trial(
            params=trial.params,
            distributions=dict(plan.space.axes),
            values=trial.values,
            intermediate_values=curve,
            user_attrs=attributes(index=index, run=run, overrides=plan.space.varied(trial.params)),
        )
    )
