"""One run from its config to its result; reads as the table of contents of a run."""

import logging
import os
from pathlib import Path
from typing import Any

import torch

from segsweep.core.errors import StartsAgain, TrainingError
from segsweep.runs.folder import BEST_CHECKPOINT, LAST_CHECKPOINT
from segsweep.schema import Config
from segsweep.sweep.queue.trial import RunningTrial
from segsweep.training.callbacks.speed import median_img_s
from segsweep.training.environment import peak_memory_gib
from segsweep.training.errors import out_of_memory_at_start
from segsweep.training.memory import (
    Shortage,
    Sizes,
    first_line,
    forget_sizes,
    free_memory,
    is_out_of_memory,
    pair_of,
    read_sizes,
)
from segsweep.training.prepare import Prepared, prepare_run
from segsweep.training.recording import Outcome

log = logging.getLogger("segsweep")


def train_and_test(config: Config, folder: Path, outcome: Outcome, *, trial: RunningTrial | None = None) -> None:
    """Train in `folder`, after the last finished epoch if it was begun before, and test; note all in `outcome`.

    Where memory runs out it begins again from its last checkpoint, with smaller parts of the same batches.

    Args:
        config: The whole tree.
        folder: The run's folder.
        outcome: Takes what is learnt on the way.
        trial: The trial of a sweep that the run is, where it may be pruned.
    Raises:
        SegsweepError: For a mistake of the user, before the first step where it can be known.
        Pruned: If the sweep stops it.
        StartsAgain: If it is one of several processes and memory has run out; the sizes to begin with are written.
    """
    while (shortage := _attempt(config, folder, outcome, read_sizes(folder), trial)) is not None:
        free_memory()
        _go_smaller(shortage, config, folder)
        if _num_processes() > 1:
            raise StartsAgain


def _attempt(
    config: Config, folder: Path, outcome: Outcome, sizes: Sizes, trial: RunningTrial | None
) -> Shortage | None:
    """Train and test, or tell where memory ran out.

    Nothing of an attempt outlives it: the error, whose traceback would hold the network, ends here.
    """
    run: Prepared | None = None
    try:
        run = prepare_run(config, folder, outcome, sizes, trial)
        _fit(run, folder, outcome)
        _note_best(run, outcome, monitor=config.trainer.monitor, mode=config.trainer.monitor_mode)
        outcome.cost |= _cost(run)
        if run.training.pruning is not None:
            run.training.pruning.raise_if_stopped()
        _test(run, folder, outcome)
        outcome.cost |= _cost(run)
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        if run is None:
            raise out_of_memory_at_start(pair_of(config), first_line(error)) from error
        where = run.training.whereabouts
        return Shortage(where.stage, where.epoch, run.batches, first_line(error))
    return None


def _go_smaller(shortage: Shortage, config: Config, folder: Path) -> None:
    before = shortage.batches
    try:
        sizes = read_sizes(folder).after(shortage, config, num_devices=_num_processes())
    except TrainingError:
        forget_sizes(folder)
        raise
    sizes.write(folder)
    in_training = shortage.stage == "training"
    log.info(
        "out of memory in %s, epoch %d, with %d images at a time; begins again from the last checkpoint with %d%s",
        shortage.stage,
        shortage.epoch,
        before.micro_batch_size if in_training else before.eval_batch_size,
        (sizes.micro_batch_size if in_training else sizes.eval_batch_size) or 0,
        f", the batch stays {before.batch_size}" if in_training else "",
    )


def _num_processes() -> int:
    """Return how many processes train this run; torchrun says so."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def _fit(run: Prepared, folder: Path, outcome: Outcome) -> None:
    last = folder / LAST_CHECKPOINT
    if last.exists():
        log.info("going on from %s", last)
    try:
        run.training.trainer.fit(
            run.module, run.loaders.train, run.loaders.val, ckpt_path=last if last.exists() else None
        )
    finally:
        outcome.training["epochs_done"] = len(run.training.history.rows)


def _note_best(run: Prepared, outcome: Outcome, *, monitor: str, mode: str) -> None:
    outcome.training |= {"monitor": monitor, "monitor_mode": mode}
    best = run.training.history.best(monitor, mode)
    if best is not None:
        outcome.metrics = {name: value for name, value in best.items() if name.startswith("val/")}
        outcome.training |= {"best_epoch": int(best["epoch"])}


def _test(run: Prepared, folder: Path, outcome: Outcome) -> None:
    checkpoint = torch.load(folder / BEST_CHECKPOINT, map_location="cpu", weights_only=True)
    run.module.load_state_dict(checkpoint["state_dict"])
    run.training.trainer.test(run.module, run.loaders.test, verbose=False)
    outcome.metrics |= run.module.evaluation
    outcome.training |= {"tested_split": run.loaders.tested_split}


def _cost(run: Prepared) -> dict[str, Any]:
    rows = run.training.history.rows
    return {
        "train_img_s": median_img_s([row["train_img_s"] for row in rows]),
        "eval_img_s": median_img_s(run.training.speed.eval_img_s),
        "peak_memory_gib": peak_memory_gib(run.devices),
        "seconds_to_first_step": run.training.speed.seconds_to_first_step,
        "train_seconds": sum(row["seconds"] for row in rows),
        "epochs": len(rows),
    }
