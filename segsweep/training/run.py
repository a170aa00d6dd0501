"""One run from its config to its result: assemble, fit, test; reads as the table of contents of a run."""

import logging
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import torch

from segsweep.core.errors import StartsAgain
from segsweep.core.processes import num_other_runs, world_size
from segsweep.core.text import first_line
from segsweep.metrics.spec import lower_is_better
from segsweep.models.sizes import least_batch
from segsweep.runs.facts import CostFacts
from segsweep.runs.folder import BEST_CHECKPOINT, LAST_CHECKPOINT
from segsweep.schema import Config
from segsweep.training.assemble import Assembly, assemble
from segsweep.training.callbacks.history import median_img_s
from segsweep.training.environment import peak_memory_gib
from segsweep.training.errors import out_of_memory_at_start, out_of_memory_at_the_least
from segsweep.training.machine.memory import OutOfMemory, forget_sizes, free_memory, is_out_of_memory, read_sizes
from segsweep.training.pruning import Pruner
from segsweep.training.recording import RunNotes

log = logging.getLogger("segsweep")

Stages = Generator[RunNotes, None, None]
_LONGEST_CAUSE = 200
"""Characters of an error in the record."""


def train_and_test(config: Config, folder: Path, *, pruner: Pruner | None = None) -> Stages:
    """Train in `folder`, after the last finished epoch if it was begun before, and test.

    Where memory runs out it begins again from its last checkpoint, with smaller parts of the same batches.

    Args:
        config: The whole tree.
        folder: The run's folder.
        pruner: May stop the run early, where it is a run of a sweep.
    Yields:
        What is known after each stage.
    Raises:
        SegsweepError: For a mistake of the user, before the first step where it can be known.
        Pruned: If the sweep stops it.
        StartsAgain: If it is one of several processes and memory has run out; the sizes to begin with are written.
    """
    known = RunNotes()
    while (stopped := (yield from _attempt(config, folder, known, pruner))) is not None:
        event, known = stopped
        free_memory()
        _go_smaller(event, config, folder)
        if world_size() > 1:
            raise StartsAgain


def _attempt(
    config: Config, folder: Path, known: RunNotes, pruner: Pruner | None
) -> Generator[RunNotes, None, tuple[OutOfMemory, RunNotes] | None]:
    """Train and test, or return where memory ran out, with what was known before the first step.

    Nothing of an attempt outlives it: the error, whose traceback would hold the network, ends here.
    """
    run: Assembly | None = None
    try:
        run = yield from assemble(config, folder, known=known, sizes=read_sizes(folder), pruner=pruner)
        known = yield from _fit(run, folder)
        known = _with_best(run, known)
        yield known
        if run.watchers.pruning is not None:
            run.watchers.pruning.raise_if_stopped()
        yield _test(run, known, folder)
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        if run is None:
            raise out_of_memory_at_start(_pair_of(config), first_line(error, _LONGEST_CAUSE)) from error
        failure = run.watchers.failure
        return OutOfMemory(failure.stage, failure.epoch, run.batches, first_line(error, _LONGEST_CAUSE)), run.notes
    return None


def _fit(run: Assembly, folder: Path) -> Generator[RunNotes, None, RunNotes]:
    last = folder / LAST_CHECKPOINT
    if last.exists():
        log.info("going on from %s", last)
    try:
        run.trainer.fit(run.module, run.loaders.train, run.loaders.val, ckpt_path=last if last.exists() else None)
    finally:
        training = replace(run.notes.training, epochs_done=len(run.watchers.history.rows))
        known = replace(run.notes, training=training)
        yield known
    return known


def _with_best(run: Assembly, known: RunNotes) -> RunNotes:
    """Add the metrics of the best epoch, and what the training cost."""
    history = run.watchers.history
    best = history.best()
    training = replace(
        known.training, monitor=history.monitor, monitor_mode=history.mode, lower_is_better=lower_is_better()
    )
    if best is not None:
        metrics = {name: value for name, value in best.items() if name.startswith("val/")}
        known = replace(known, metrics=metrics)
        training = replace(training, best_epoch=int(best["epoch"]), stopped_early=_is_stopped_early(run))
    return replace(known, training=training, cost=_cost(run))


def _is_stopped_early(run: Assembly) -> bool:
    trainer, pruning = run.trainer, run.watchers.pruning
    is_pruned = pruning is not None and pruning.has_stopped
    ended = len(run.watchers.history.rows)
    return trainer.early_stopping_callback is not None and not is_pruned and ended < (trainer.max_epochs or 0)


def _test(run: Assembly, known: RunNotes, folder: Path) -> RunNotes:
    """Test with the weights of the best epoch, and add what comes out; of validation images it is named val/."""
    checkpoint = torch.load(folder / BEST_CHECKPOINT, map_location="cpu", weights_only=True)
    run.module.load_state_dict(checkpoint["state_dict"])
    run.trainer.test(run.module, run.loaders.test, verbose=False)
    split = run.loaders.tested_split
    found = {f"{split}/{name.removeprefix('test/')}": value for name, value in run.module.evaluation.items()}
    return replace(
        known,
        metrics={**known.metrics, **{name: value for name, value in found.items() if name not in known.metrics}},
        training=replace(known.training, tested_split=split),
        cost=_cost(run),
    )


def _cost(run: Assembly) -> CostFacts:
    rows, speed = run.watchers.history.rows, run.watchers.speed
    return replace(
        run.notes.cost,
        train_img_s=median_img_s([row["train_img_s"] for row in rows]),
        eval_img_s=median_img_s(speed.eval_img_s),
        peak_memory_gib=peak_memory_gib(run.devices),
        seconds_to_first_step=speed.seconds_to_first_step,
        train_seconds=sum(row["seconds"] for row in rows),
        epochs=len(rows),
        concurrent_runs=num_other_runs(),
    )


def _go_smaller(event: OutOfMemory, config: Config, folder: Path) -> None:
    """Write the sizes to begin again with.

    Raises:
        TrainingError: If the network takes no smaller batches.
    """
    least = least_batch(config.model, config.resolution, world_size())
    smaller = read_sizes(folder).after(event, least=least, num_devices=world_size())
    if smaller is None:
        forget_sizes(folder)
        precision = config.trainer.precision
        raise out_of_memory_at_the_least(event, config.resolution, _pair_of(config), precision=precision)
    smaller.write(folder)
    in_training = event.stage == "training"
    log.info(
        "out of memory in %s, epoch %d, with %d images at a time; begins again from the last checkpoint with %d%s",
        event.stage,
        event.epoch,
        event.images,
        (smaller.micro_batch_size if in_training else smaller.eval_batch_size) or 0,
        f", the batch stays {event.batches.batch_size}" if in_training else "",
    )


def _pair_of(config: Config) -> str:
    """Name the network as the command line does."""
    return f"model={config.model.arch} encoder={config.encoder.name}"
