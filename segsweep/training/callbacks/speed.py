"""How fast a run goes."""

import statistics
import time
from typing import Any

import psutil
import torch
from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback


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
