"""Reads a sweep from its study and from the folders of its runs."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from segsweep.core.errors import SweepViewError
from segsweep.core.text import first_line
from segsweep.runs.record import RunRecord, read_record
from segsweep.sweep.plan.facts import SweepFacts, moment, read_facts
from segsweep.sweep.plan.race import read_decisions
from segsweep.sweep.plan.space import Space
from segsweep.sweep.queue.notes import given_params, notes_of
from segsweep.sweep.queue.workers import runs_here
from segsweep.sweep.view.model import RunView, State, SweepView, now
from segsweep.sweep.view.progress import Histories

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial

_PATIENCE_S = 5.0
"""A look at a sweep waits less for its storage than the sweep itself."""

_STATES: dict[str, State] = {
    "RUNNING": "running",
    "COMPLETE": "complete",
    "PRUNED": "pruned",
    "FAIL": "failed",
    "WAITING": "waiting",
}


@dataclass
class Known:
    """What was read before and need not be read again; one for each sweep that is watched."""

    ended: dict[int, RunView] = field(default_factory=dict)
    """By number; an ended run does not change any more."""
    histories: Histories = field(default_factory=Histories)


def read_sweep(folder: Path) -> SweepView:
    """Read a sweep from its folder; also while it runs.

    Raises:
        SweepViewError: If the folder lacks what is needed, or its study cannot be found.
    """
    facts = read_facts(folder)
    return view_of(_open_study(folder, facts), facts, folder)


def _open_study(folder: Path, facts: SweepFacts) -> "Study":
    import optuna  # 0.6 s

    from segsweep.sweep.queue.storage import JOURNAL, JOURNAL_FILE, open_storage

    anew = f"No run is lost: repeat the command, which takes over what is complete.\n  {facts.command}"
    journal = folder / JOURNAL_FILE
    if facts.storage == JOURNAL and not journal.exists():  # opening would make an empty one
        raise SweepViewError(f"{journal} is missing, so nothing says which runs belong to this sweep. {anew}")
    try:
        storage = open_storage(_resolved(facts.storage, folder), folder, patience_s=_PATIENCE_S)
        return optuna.load_study(study_name=facts.study, storage=storage)
    except KeyError:
        raise SweepViewError(f"The storage of {folder} holds no study {facts.study}. {anew}") from None


def _resolved(storage: str, folder: Path) -> str:
    from omegaconf import OmegaConf
    from omegaconf.errors import InterpolationResolutionError

    try:
        return str(OmegaConf.create({"storage": storage}).storage)
    except InterpolationResolutionError as error:
        raise SweepViewError(
            f"The sweep in {folder} is stored at {storage}, which cannot be resolved here ({first_line(error)}). "
            "Set the variable as it was set for the sweep."
        ) from error


def view_of(study: "Study", facts: SweepFacts, folder: Path, known: Known | None = None) -> SweepView:
    """Look at an open study; what an earlier view has read (`known`) is not read again, and is added to."""
    known = Known() if known is None else known
    newest: dict[int, FrozenTrial] = {}
    for trial in study.get_trials(deepcopy=False):
        index = notes_of(trial).index
        if index is None or (trial.state.name == "WAITING" and index >= facts.num_runs):  # fewer may be planned now
            continue
        newest[index] = trial
    return SweepView(
        name=facts.name,
        folder=folder,
        command=facts.command,
        monitor=facts.monitor,
        mode=facts.mode,
        objectives=facts.objectives,
        axes=facts.axes,
        num_runs=max(facts.num_runs, len(newest)),
        slots=facts.slots,
        runs=tuple(_run(trial, facts, known) for trial in newest.values()),
        started=facts.started,
        now=now(),
        is_race=facts.is_race,
        decisions=read_decisions(folder) if facts.is_race else (),
    )


def _run(trial: "FrozenTrial", facts: SweepFacts, known: Known) -> RunView:
    if trial.number in known.ended:
        return known.ended[trial.number]
    if not trial.state.is_finished():
        return _unended(_begun(trial, facts), facts, known.histories)
    known.ended[trial.number] = _ended(_begun(trial, facts), facts)
    return known.ended[trial.number]


def _begun(trial: "FrozenTrial", facts: SweepFacts) -> RunView:
    """View a run as far as the study describes it."""
    notes = notes_of(trial)
    state: State = "incompatible" if notes.incompatible else _STATES[trial.state.name]
    is_gone = state == "running" and notes.worker is not None and runs_here(notes.worker) is False
    return RunView(
        number=trial.number,
        state="waiting" if is_gone else state,
        overrides=notes.overrides or _given(trial),
        run=notes.run,
        folder=facts.runs / notes.run if notes.run else None,
        max_epochs=facts.max_epochs,
        values=tuple(trial.values or ()),
        reason="its sweep process is gone" if is_gone else notes.reason,
        started=_aware(trial.datetime_start),
        ended=_aware(trial.datetime_complete),
    )


def _given(trial: "FrozenTrial") -> tuple[str, ...]:
    """Return what a run that was not begun will set, as far as that is decided: all of it in a grid."""
    return tuple(Space({}, (), is_grid=True).varied(given_params(trial)))


def _unended(run: RunView, facts: SweepFacts, histories: Histories) -> RunView:
    """Add how far a run is; one that waits may have begun before."""
    if run.folder is None:
        return run
    own_epochs = run.settings.get("trainer.max_epochs")
    max_epochs = int(own_epochs) if own_epochs and own_epochs.isdigit() else run.max_epochs
    progress = histories.progress(run.folder, facts.monitor, facts.mode)
    run = replace(run, epoch=progress.epoch, max_epochs=max_epochs, metric=progress.metric)
    if run.state == "waiting" or run.started is None:
        return run
    return replace(run, seconds=(now() - run.started).total_seconds(), left_s=progress.left_s(max_epochs))


def _ended(run: RunView, facts: SweepFacts) -> RunView:
    """Add the facts of a run's record; without one there are only those of the study."""
    record = read_record(run.folder) if run.folder else None
    if record is None:
        knows_metric = run.values and next(iter(facts.objectives)) == facts.monitor
        return replace(run, metric=run.values[0] if knows_metric else None)
    return replace(
        run,
        epoch=record.training.epochs_done if record.cost.epochs is None else record.cost.epochs,
        max_epochs=record.setting("trainer.max_epochs", run.max_epochs),
        metric=record.metrics.get(facts.monitor),
        reason=run.reason or (record.reason if run.state in ("failed", "pruned") else None),
        seconds=_seconds(record),
        memory_gib=record.cost.peak_memory_gib or None,
    )


def _seconds(record: RunRecord) -> float | None:
    """Return what a run took: its last process from start to end, or all its epochs if they took longer."""
    started, finished = moment(record.started), moment(record.finished)
    whole = (finished - started).total_seconds() if started and finished else 0.0
    return max(whole, record.cost.train_seconds or 0.0) or None


def _aware(local: datetime | None) -> datetime | None:
    """Add the time zone that Optuna leaves out."""
    return local.astimezone(UTC) if local else None
