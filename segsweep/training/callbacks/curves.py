"""Draws the curves of a run into plots/."""

import time
from pathlib import Path

from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback

from segsweep.runs.folder import PLOTS
from segsweep.training.callbacks.history import History
from segsweep.training.not_vital import not_vital

_EVERY_S = 60.0
"""Four figures take 0.4 s."""


class Curves(Callback):
    """Draws losses, IoU, Dice and learning rate at the end of training, and once a minute before it."""

    def __init__(self, folder: Path, history: History, *, monitor: str, mode: str) -> None:
        self._folder = folder / PLOTS
        self._history = history
        self._monitor, self._mode = monitor, mode
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
            with not_vital(self._folder):
                self._draw()
        self._drawn_at = time.perf_counter()

    def _draw(self) -> None:
        from segsweep.plots.curves import draw_curves

        best = self._history.best(self._monitor, self._mode)
        draw_curves(self._folder, self._history.rows, best_epoch=None if best is None else int(best["epoch"]))
