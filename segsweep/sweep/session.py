"""One command's work on a sweep: from its trial queue to the last lines."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydra.plugins.launcher import Launcher
from omegaconf import DictConfig, OmegaConf

from segsweep.core.errors import Interrupted, RunsFailedError, SegsweepError, and_more
from segsweep.core.processes import locked
from segsweep.core.text import plural
from segsweep.runs.record import finished_record, read_record
from segsweep.sweep.engines.spec import Engine, engine_of, explain, prepare_engine, resolve_n_jobs
from segsweep.sweep.plan.plan import SweepPlan
from segsweep.sweep.queue.adopt import adopt_finished
from segsweep.sweep.queue.notes import notes_of
from segsweep.sweep.queue.patience import STORAGE, patiently
from segsweep.sweep.queue.pool import Display, Pool
from segsweep.sweep.queue.storage import open_study
from segsweep.sweep.queue.taken import check_taken
from segsweep.sweep.queue.trial_queue import TrialQueue
from segsweep.sweep.view.model import State, SweepView
from segsweep.sweep.view.plots import write_plots
from segsweep.sweep.view.read import Known, view_of
from segsweep.sweep.view.summary import last_lines
from segsweep.sweep.view.watch import Watcher, open_watcher

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial

    from segsweep.sweep.queue.race import Race

log = logging.getLogger("segsweep")


@dataclass(frozen=True)
class Session:
    """A plan, and what carries it out."""

    plan: SweepPlan
    launcher: Launcher
    engine: Engine
    num_jobs: int
    """Runs in flight at once."""
    storage: str
    """`hydra.sweeper.storage`, resolved."""
    watcher: Watcher


def begin_session(plan: SweepPlan, launcher: Launcher, config: DictConfig, *, storage: str, n_jobs: Any) -> Session:
    """Check what a plan needs to be carried out, connect to the engine, and write down what is about to run.

    Args:
        plan: The sweep.
        launcher: Starts runs.
        config: The config that all runs share, with Hydra's own node.
        storage: `hydra.sweeper.storage`, resolved.
        n_jobs: `hydra.sweeper.n_jobs`.
    Raises:
        SweepError: If the launcher cannot run it, or its engine does not answer.
    """
    num_jobs = resolve_n_jobs(n_jobs, launcher, config.hydra.launcher)
    prepare_engine(config.hydra.launcher)
    plan.folder.mkdir(parents=True, exist_ok=True)
    plan.facts(num_jobs).write(plan.folder)
    OmegaConf.save(config, plan.folder / "multirun.yaml")
    watcher = open_watcher(config.logger.progress)
    return Session(plan, launcher, engine_of(config.hydra.launcher), num_jobs, storage, watcher)


def run_sweep(session: Session) -> list[float] | None:
    """Run what is left of a sweep, and report the results.

    Returns:
        The objectives of the best run; None where there is none, or no single best.
    Raises:
        RunsFailedError: If runs failed.
        Interrupted: After a signal.
    """
    plan = session.plan
    study = open_study(session.storage, plan.folder, plan.study_name, plan.objectives)
    queue = TrialQueue(study, plan.lock_file)
    if note := check_taken(plan, queue):
        log.info(note)
    fill_queue(plan, queue, session.storage)
    view = _viewer(session, study)
    exhausted = _work(session, queue, view)
    end = view()
    write_plots(study, plan.folder, plan.objectives)
    log.info(last_lines(end, left_out_by=exhausted))
    if failed := len(end.of("failed")):
        raise runs_failed(failed)
    best = end.best()
    return list(best[0].values) if len(best) == 1 else None


def _viewer(session: Session, study: "Study") -> Callable[[], SweepView]:
    """Return what reads the sweep as it stands."""
    facts, known = session.plan.facts(session.num_jobs), Known()
    return partial(patiently, lambda: view_of(study, facts, session.plan.folder, known), STORAGE)


def _work(session: Session, queue: TrialQueue, view: Callable[[], SweepView]) -> str | None:
    """Work through the queue while the user watches; returns the budget that ended it, None if nothing did."""
    for name in ("segsweep.launcher", "hydra_plugins"):  # the watcher shows what starts and ends
        logging.getLogger(name).setLevel(logging.WARNING)
    watcher = session.watcher
    look = _looker(watcher, view)
    pool = Pool(
        session.plan,
        queue,
        session.launcher,
        Display(look, watcher.message, watcher.stop),
        n_jobs=session.num_jobs,
        explain=partial(explain, engine=session.engine),
        left_behind=session.engine.left_behind,
        race=race_of(session.plan, queue, watcher.message),
    )
    if impossible := session.plan.impossible():
        num_cells = session.plan.num_combinations
        watcher.message(f"{len(impossible)} of {num_cells} combinations cannot be trained and are left out:")
        watcher.message(and_more(impossible, limit=20))
    watcher.start(view())
    try:
        if session.engine.in_this_process:
            pool.work_here()
        else:
            pool.work()
    except Interrupted:
        look()
        watcher.stop()
        log.info(last_lines(view()))
        raise
    finally:
        look()
        watcher.stop()
    return pool.budget.exhausted()


def _looker(watcher: Watcher, view: Callable[[], SweepView]) -> Callable[[], None]:
    """Return what shows the sweep as it stands, and each run that has ended since it was shown last."""
    ended: tuple[State, ...] = ("complete", "pruned", "failed")  # what cannot be trained was named before the start
    shown: set[int] = {run.number for run in view().of(*ended)}

    def look() -> None:
        now = view()
        for run in now.of(*ended):
            if run.number not in shown:
                shown.add(run.number)
                watcher.ended(run)
        watcher.update(now)

    return look


def fill_queue(plan: SweepPlan, queue: TrialQueue, storage: str) -> None:
    """Queue what is missing: runs that never were, that failed, or whose folder is gone."""
    if not plan.space.is_grid:
        with locked(plan.lock_file):  # two processes that begin together must not both do it
            adopt_finished(plan, queue, storage)
    if plan.race is None:
        fixed = plan.space.cells() if plan.space.is_grid else ({} for _ in plan.indices)
        queue.fill(dict(enumerate(fixed)))
    newest = queue.newest()
    queue.queue_again([trial for index, trial in newest.items() if index in plan.indices and _is_open(plan, trial)])
    if race := race_of(plan, queue, log.info):
        race.advance()


def race_of(plan: SweepPlan, queue: TrialQueue, message: Callable[[str], None]) -> "Race | None":
    """Return what carries out the race that a plan may be; None where every cell is run."""
    if plan.race is None:
        return None
    from segsweep.sweep.queue.race import Race  # imports numpy

    return Race(plan, plan.race, queue, message)


def _is_open(plan: SweepPlan, trial: "FrozenTrial") -> bool:
    """Tell whether an ended trial is to be run again, since the folders are the truth."""
    notes = notes_of(trial)
    if trial.state.name == "FAIL":
        cell = None if notes.index is None else plan.cells.get(notes.index)
        return not notes.incompatible or (cell is not None and cell.problem is None)
    if plan.repeats_changed and trial.state.name in ("COMPLETE", "PRUNED"):
        try:
            cell = plan.cells.get(-1 if notes.index is None else notes.index) or plan.cell_of(trial.params)
        except SegsweepError:  # of a version that knew other settings
            return False
        return not cell.problem and finished_record(cell.folder(plan.runs), pruned_by=plan.study_name) is None
    if trial.state.name != "COMPLETE":
        return False
    record = read_record(Path(plan.runs) / notes.run) if notes.run else None
    return record is None or record.status != "complete"


def runs_failed(num_failed: int) -> RunsFailedError:
    """The sweep ended with failures, which were reported as they happened."""
    return RunsFailedError(f"{plural(num_failed, 'run')} failed; see above.")
