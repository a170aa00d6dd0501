"""One command's work on a sweep: from its tickets to the last lines."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from hydra.plugins.launcher import Launcher
from omegaconf import DictConfig, OmegaConf

from segsweep.core.errors import Interrupted, and_more
from segsweep.core.files import write_json
from segsweep.core.locks import locked
from segsweep.runs.record import read_record
from segsweep.sweep.engines.launchers import resolve_n_jobs, runs_in_this_process
from segsweep.sweep.engines.prepare import prepare_engine
from segsweep.sweep.errors import runs_failed
from segsweep.sweep.plan.plan import Asked
from segsweep.sweep.queue.adopt import adopt_finished
from segsweep.sweep.queue.patience import patiently
from segsweep.sweep.queue.pool import Pool
from segsweep.sweep.queue.study import LOCK_FILE, SWEEP_FILE, open_study
from segsweep.sweep.queue.tickets import Tickets
from segsweep.sweep.view.model import State, SweepView
from segsweep.sweep.view.plots import write_plots
from segsweep.sweep.view.read import Known, view_of
from segsweep.sweep.view.summary import last_lines
from segsweep.sweep.view.watch import Watcher, open_watcher

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

log = logging.getLogger("segsweep")


def run_sweep(
    asked: Asked, launcher: Launcher, config: DictConfig, *, storage: str, n_jobs: object
) -> list[float] | None:
    """Run what is left of a sweep, and say what came out.

    Args:
        asked: The sweep.
        launcher: Starts runs.
        config: The config that all runs share.
        storage: `hydra.sweeper.storage`, resolved.
        n_jobs: `hydra.sweeper.n_jobs`.
    Returns:
        The objectives of the best run; None where there is none, or no single best.
    Raises:
        RunsFailedError: If runs failed.
        Interrupted: If told to stop.
    """
    slots = resolve_n_jobs(n_jobs, launcher, config.hydra.launcher)
    prepare_engine(config.hydra.launcher)
    asked.folder.mkdir(parents=True, exist_ok=True)
    facts = asked.facts(slots)
    write_json(asked.folder / SWEEP_FILE, facts)
    OmegaConf.save(config, asked.folder / "multirun.yaml")

    study = open_study(storage, asked.folder, asked.study_name, asked.objectives)
    tickets = Tickets(study, asked.folder / LOCK_FILE)
    _make_tickets(asked, tickets, storage)

    for launcher_of in ("segsweep.launcher", "hydra_plugins"):  # the watcher says what starts and ends
        logging.getLogger(launcher_of).setLevel(logging.WARNING)
    known = Known()
    watcher = open_watcher(config.logger.progress)

    def view() -> SweepView:
        return patiently(lambda: view_of(study, facts, asked.folder, known), "The sweep's storage")

    look = _looker(watcher, view)
    pool = Pool(asked, tickets, launcher, n_jobs=slots, look=look, message=watcher.message, leave=watcher.stop)
    if cannot := [f"{' '.join(cell.varied)}: {cell.problem}" for cell in asked.cells.values() if cell.problem]:
        watcher.message(f"{len(cannot)} of {len(asked.cells)} combinations cannot be trained and are left out:")
        watcher.message(and_more(cannot, limit=20))
    watcher.start(view())
    try:
        if runs_in_this_process(config.hydra.launcher):
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
    end = view()
    write_plots(study, asked.folder, asked.objectives)
    log.info(last_lines(end, left_out_by=pool.budget.exhausted()))
    if failed := len(end.of("failed")):
        raise runs_failed(failed)
    best = end.best()
    return list(best[0].values) if len(best) == 1 else None


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


def _make_tickets(asked: Asked, tickets: Tickets, storage: str) -> None:
    """Make what is missing: tickets that never were, that failed, or whose run is gone from its folder."""
    if not asked.space.is_grid:
        with locked(asked.folder / LOCK_FILE):  # two processes that begin together must not both do it
            adopt_finished(asked, tickets, storage)
    fixed = asked.space.cells() if asked.space.is_grid else ({} for _ in asked.tickets)
    tickets.make(dict(enumerate(fixed)))
    again = [trial for ticket, trial in tickets.newest().items() if ticket in asked.tickets and _is_open(asked, trial)]
    tickets.make_again(again)


def _is_open(asked: Asked, trial: "FrozenTrial") -> bool:
    """Tell whether an ended ticket is to be run again, since the folders are the truth."""
    if trial.state.name == "FAIL":
        cell = asked.cells.get(trial.user_attrs["ticket"])
        could_not = trial.user_attrs.get("incompatible", False)
        return not could_not or (cell is not None and cell.problem is None)
    if trial.state.name != "COMPLETE":
        return False
    run = trial.user_attrs.get("run")
    record = read_record(Path(asked.runs) / run) if run else None
    return record is None or record.status != "complete"
