"""The history of a run: one row per epoch, on disk after every epoch."""

import math
from pathlib import Path
from typing import Any

from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback

from segsweep.core.files import read_csv, write_csv
from segsweep.runs.folder import HISTORY_FILE
from segsweep.training.callbacks.speed import Speed


class History(Callback):
    """Collects the rows and writes them to history.csv; a resumed run drops the rows of epochs it repeats.

    A row holds epoch (from 1), step, lr, train/loss, val/..., and the speed; validation is absent where none was made.
    """

    def __init__(self, folder: Path, speed: Speed) -> None:
        self.rows: list[dict[str, float]] = []
        self._file = folder / HISTORY_FILE
        self._speed = speed
        self._validated = False

    def on_load_checkpoint(self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, Any]) -> None:
        """Take over the rows of the epochs that are done; also where nothing is left to train."""
        done = checkpoint["epoch"] + 1
        if self._file.exists():
            self.rows = [row for row in read_csv(self._file) if row["epoch"] <= done]

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Remember that this epoch has metrics of its own."""
        self._validated = True

    def on_train_epoch_end(self, trainer: Trainer, pl_module: Any) -> None:
        """Add the row of an epoch."""
        row: dict[str, float] = {
            "epoch": float(trainer.current_epoch + 1),
            "step": float(trainer.global_step),
            "lr": float(trainer.optimizers[0].param_groups[-1]["lr"]),
            "train/loss": pl_module.meters.train_loss.read(),
            **self._speed.row(),
        }
        if self._validated:
            row |= pl_module.evaluation
        self._validated = False
        self.rows.append(row)
        if trainer.is_global_zero:
            write_csv(self._file, self.rows)

    def best(self, monitor: str, mode: str) -> dict[str, float] | None:
        """Return the row with the best value of a metric, the earliest of equals; None where it was never measured."""
        measured = [row for row in self.rows if math.isfinite(row.get(monitor, math.nan))]
        if not measured:
            return None
        sign = 1 if mode == "max" else -1
        return max(measured, key=lambda row: sign * row[monitor])
