"""The callbacks of a run, in the one order in which they are called."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lightning.pytorch.callbacks import Callback

from segsweep.data.base import Data
from segsweep.runs.logger import RunLogger
from segsweep.schema import TrainerConfig
from segsweep.training.callbacks.averaging import averaging
from segsweep.training.callbacks.checkpoints import checkpoint_callbacks
from segsweep.training.callbacks.guards import EpochSeeds, FailureStage, FiniteLoss, OwnSignals
from segsweep.training.callbacks.history import History, RunLogging, Speed
from segsweep.training.callbacks.images import ImageFile, TestedImages
from segsweep.training.callbacks.outputs import ClassPlots, Confusion, Curves
from segsweep.training.callbacks.progress import Bar, EpochLines, Waiting
from segsweep.training.callbacks.samples import Samples
from segsweep.training.callbacks.stopping import Pruning, Stopping
from segsweep.training.loaders import Loaders
from segsweep.training.pruning import Pruner


@dataclass(frozen=True)
class Watchers:
    """The callbacks that are read when the training is over."""

    speed: Speed
    history: History
    failure: FailureStage
    pruning: Pruning | None
    """Where a sweep may stop the run."""


def build_watchers(folder: Path, *, monitor: str, mode: str, pruner: Pruner | None) -> Watchers:
    """Build the callbacks that are read when the training is over.

    Args:
        folder: The run's folder.
        monitor: Metric that chooses the best epoch.
        mode: max or min.
        pruner: May stop the run early.
    """
    speed = Speed()
    history = History(folder, speed, monitor=monitor, mode=mode)
    pruning = None if pruner is None else Pruning(pruner, history, pruner.metric or monitor)
    return Watchers(speed, history, FailureStage(), pruning)


def order_callbacks(
    watchers: Watchers,
    folder: Path,
    settings: TrainerConfig,
    *,
    seed: int,
    finite: FiniteLoss,
    loggers: Sequence[RunLogger],
    shown: Sequence[Callback],
    outputs: Sequence[Callback],
    validated: ImageFile,
) -> list[Callback]:
    """Return all callbacks of a run in their order; Lightning itself moves those that write checkpoints to the end.

    Args:
        watchers: What is read when the training is over.
        folder: The run's folder.
        settings: Averaging, early stopping, checkpoints.
        seed: Of the run.
        finite: Stops a run whose loss is not finite.
        loggers: Show the rows of the history elsewhere.
        shown: What a person sees on the terminal.
        outputs: Files beside the record.
        validated: Where the scores of each validation image go.
    """
    patience, monitored = settings.early_stopping_patience, (settings.monitor, settings.monitor_mode)
    stopping = [] if patience is None else [Stopping(monitored[0], mode=monitored[1], patience=patience)]
    return [
        OwnSignals(),
        watchers.failure,
        EpochSeeds(seed),
        watchers.speed,
        watchers.history,
        RunLogging(watchers.history, loggers),
        *shown,
        finite,
        *averaging(settings.ema_decay, warmup=settings.ema_warmup),
        *stopping,
        *([] if watchers.pruning is None else [watchers.pruning]),
        *outputs,
        *checkpoint_callbacks(
            folder,
            monitor=monitored[0],
            mode=monitored[1],
            every_epochs=settings.checkpoint_every_epochs,
            validated=validated,
        ),
    ]


def shown_on_terminal(progress: str, history: History, *, num_workers: int) -> list[Callback]:
    """Return what a person sees; the bar before the lines, since it is gone when a line is written.

    Args:
        progress: `logger.progress`: bar, lines, none, or auto for a bar where somebody watches.
        history: Stands before them.
        num_workers: Processes that load training images.
    """
    has_bar = progress == "bar" or (progress == "auto" and sys.stderr.isatty())
    shown: list[Callback] = [Bar(history.monitor)] if has_bar else []
    if progress != "none":
        shown.append(EpochLines(history))
    return [*shown, Waiting(num_workers)]


def build_outputs(
    folder: Path,
    history: History,
    data: Data,
    loaders: Loaders,
    *,
    tested: ImageFile,
    pictures: bool,
    palette: Sequence[Sequence[int]] | None,
    loggers: Sequence[RunLogger],
) -> list[Callback]:
    """Return what writes the files beside the record.

    Args:
        folder: The run's folder.
        history: Its curves are drawn.
        data: Splits and task.
        loaders: Give the images of the samples.
        tested: Where the scores of each tested image go.
        pictures: Whether anything is drawn.
        palette: The data set's own colors of the classes.
        loggers: Get the samples too.
    """
    task, split = data.task, loaders.tested_split
    files: list[Callback] = [Confusion(folder, task), TestedImages(tested)]
    if not pictures:
        return files
    samples = Samples(folder, data, loaders, palette=palette, loggers=loggers)
    return [Curves(folder, history), *files, ClassPlots(folder, task, tested_split=split), samples]
