"""Files of a run beside its record: confusion, curves and plots of the classes."""

import logging
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback
from torch import Tensor

from segsweep.core.files import write_csv
from segsweep.core.task import Task
from segsweep.runs.folder import CONFUSION_FILE, PLOTS
from segsweep.training.callbacks.history import History

log = logging.getLogger("segsweep")


@contextmanager
def best_effort(what: Path) -> Iterator[None]:
    """Let a run go on where a picture cannot be drawn, and say which."""
    try:
        yield
    except Exception as error:
        log.warning("%s could not be written (%s: %s); the run goes on", what, type(error).__name__, error)
        log.debug(traceback.format_exc())


class Confusion(Callback):
    """Writes confusion.csv when the test has ended: pixels by what they are and what they were predicted as."""

    def __init__(self, folder: Path, task: Task) -> None:
        self._file = folder / CONFUSION_FILE
        self._task = task

    def on_test_end(self, trainer: Trainer, pl_module: Any) -> None:
        """Write the file."""
        if trainer.is_global_zero:
            write_csv(self._file, confusion_rows(pl_module.evaluation_counts, self._task))


def confusion_rows(counts: Tensor, task: Task) -> list[dict[str, Any]]:
    """Return a row for each class: multiclass, how many of its pixels were predicted as each; else tn, fp, fn, tp."""
    names = task.scored_names
    if task.kind == "multiclass":
        rows = zip(names, counts.tolist(), strict=True)
        return [{"truth/prediction": name, **dict(zip(names, row, strict=True))} for name, row in rows]
    tables = zip(names, counts.tolist(), strict=True)
    return [{"class": name, "tn": tn, "fp": fp, "fn": fn, "tp": tp} for name, ((tn, fp), (fn, tp)) in tables]


_EVERY_S = 60.0
"""Four figures take 0.4 s."""


class Curves(Callback):
    """Draws losses, IoU, Dice and learning rate at the end of training, and once a minute before it."""

    def __init__(self, folder: Path, history: History) -> None:
        self._folder = folder / PLOTS
        self._history = history
        self._drawn_at = 0.0

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start the clock."""
        self._drawn_at = time.perf_counter()

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Draw, if the last drawing is old."""
        if time.perf_counter() - self._drawn_at > _EVERY_S:
            self.on_train_end(trainer, pl_module)

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Draw."""
        if trainer.is_global_zero:
            with best_effort(self._folder):
                self._draw()
        self._drawn_at = time.perf_counter()

    def _draw(self) -> None:
        from segsweep.plots.curves import draw_curves

        best = self._history.best()
        draw_curves(self._folder, self._history.rows, best_epoch=None if best is None else int(best["epoch"]))


_SCORES = {"IoU": "iou", "Dice": "dice"}


class ClassPlots(Callback):
    """Draws the confusion, and bars of IoU and Dice, when the test has ended."""

    def __init__(self, folder: Path, task: Task, *, tested_split: str) -> None:
        self._folder = folder / PLOTS
        self._task = task
        self._tested_split = tested_split

    def on_test_end(self, trainer: Trainer, pl_module: Any) -> None:
        """Draw."""
        if trainer.is_global_zero:
            with best_effort(self._folder):
                self._draw(pl_module)

    def _draw(self, module: Any) -> None:
        from segsweep.plots.scores import draw_scores

        names, found = self._task.scored_names, module.evaluation
        draw_scores(
            self._folder,
            counts=module.evaluation_counts.numpy(),
            class_names=self._task.class_names,
            scores={shown: [found[f"test/{key}/{name}"] for name in names] for shown, key in _SCORES.items()},
            scored_names=names,
            split=self._tested_split,
        )
