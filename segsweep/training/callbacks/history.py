"""The history of a run: how fast it goes, one row per epoch on disk, and the loggers that show the rows."""

import math
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil
import torch
from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback

from segsweep.core.files import read_csv, write_csv
from segsweep.runs.folder import HISTORY_FILE
from segsweep.runs.logger import RunLogger


class Speed(Callback):
    """Measures images per second of training and of evaluation, and the seconds of every epoch.

    Training is timed from the first batch of an epoch to the end of its last step, evaluation from start to end;
    the device is awaited once per epoch, where the loss is read anyway.
    """

    def __init__(self) -> None:
        self.train_img_s: list[float] = []
        self.eval_img_s: list[float] = []
        self.seconds_to_first_step: float | None = None
        """From the start of the process, so with all imports and checks."""
        self._epoch_start = self._eval_start = 0.0
        self._num_images = self._num_eval_images = 0

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start the clock."""
        self._epoch_start, self._num_images = time.perf_counter(), 0

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        """Notice the very first step."""
        if self.seconds_to_first_step is None:
            self.seconds_to_first_step = time.time() - psutil.Process().create_time()

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Count images; read the clock after the last batch."""
        self._num_images += len(batch.image) * trainer.world_size
        if batch_idx + 1 == trainer.num_training_batches:
            _await_device(pl_module)
            self.train_img_s.append(self._num_images / (time.perf_counter() - self._epoch_start))

    def on_validation_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start the clock of an evaluation."""
        self._eval_start, self._num_eval_images = time.perf_counter(), 0

    on_test_epoch_start = on_validation_epoch_start

    def on_validation_batch_end(
        self,
        trainer: Trainer,
        pl_module: LightningModule,
        outputs: Any,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """Count images."""
        self._num_eval_images += len(batch.image) * trainer.world_size

    on_test_batch_end = on_validation_batch_end

    def on_validation_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Read the clock of an evaluation."""
        _await_device(pl_module)
        self.eval_img_s.append(self._num_eval_images / (time.perf_counter() - self._eval_start))

    on_test_epoch_end = on_validation_epoch_end

    def row(self) -> dict[str, float]:
        """Return the speed of the epoch that just ended."""
        return {"train_img_s": self.train_img_s[-1], "seconds": time.perf_counter() - self._epoch_start}


def median_img_s(speeds: list[float]) -> float | None:
    """Return the median speed, without the first epoch, which warms up, where there are others."""
    return statistics.median(speeds[1:] or speeds) if speeds else None


def _await_device(module: LightningModule) -> None:
    if module.device.type == "cuda":
        torch.cuda.synchronize(module.device)


class History(Callback):
    """Collects the rows and writes them to history.csv; a resumed run drops the rows of epochs it repeats.

    A row holds epoch (from 1), step, lr, train/loss, val/..., and the speed; validation is absent where none was made.
    """

    def __init__(self, folder: Path, speed: Speed, *, monitor: str, mode: str) -> None:
        """Begin without rows.

        Args:
            folder: The run's folder.
            speed: Stands before this callback, and gives the speed of an epoch.
            monitor: Metric that chooses the best epoch.
            mode: max or min.
        """
        self.monitor, self.mode = monitor, mode
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

    def best(self) -> dict[str, float] | None:
        """Return the row with the best monitored metric, the earliest of equals; None where it was never measured."""
        measured = [row for row in self.rows if math.isfinite(row.get(self.monitor, math.nan))]
        if not measured:
            return None
        sign = 1 if self.mode == "max" else -1
        return max(measured, key=lambda row: sign * row[self.monitor])


class RunLogging(Callback):
    """Starts the loggers with the epochs that are done, and shows them every new row; stands after the history."""

    def __init__(self, history: History, loggers: Sequence[RunLogger]) -> None:
        self._history = history
        self._loggers = loggers

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start, once."""
        for logger in self._loggers:
            if not logger.is_started:
                logger.start(self._history.rows)
                logger.is_started = True

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Show the row of the epoch."""
        row = self._history.rows[-1]
        for logger in self._loggers:
            logger.log_metrics(row, step=int(row["epoch"]))
