"""The clocks of bench_train.py."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback


def await_device() -> None:
    """Wait until the device has done what it was told."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


@dataclass
class Cost:
    """Images, and the wall and CPU seconds they took."""

    images: int = 0
    wall_s: float = 0.0
    cpu_s: float = 0.0

    def start(self) -> None:
        """Start the clocks."""
        await_device()
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def stop(self, images: int) -> None:
        """Read the clocks."""
        await_device()
        self.images += images
        self.wall_s += time.perf_counter() - self._wall
        self.cpu_s += time.process_time() - self._cpu

    @contextmanager
    def of(self, images: int) -> Iterator[None]:
        """Add the cost of what happens inside."""
        self.start()
        yield
        self.stop(images)

    @property
    def img_s(self) -> float:
        """Images per second."""
        return self.images / self.wall_s

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds per image."""
        return 1000 * self.cpu_s / self.images


class Clock(Callback):
    """Takes the cost of each epoch of training, from the request for its first batch to its last step, and of each
    validation."""

    def __init__(self) -> None:
        self.train: list[Cost] = []
        self.val: list[Cost] = []
        self._images = 0

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start an epoch's clock."""
        self._begin(self.train)

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Count the images; stop after the last batch."""
        self._images += len(batch[0])
        if batch_idx + 1 == trainer.num_training_batches:
            self.train[-1].stop(self._images)

    def on_validation_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start the clock of a validation."""
        self._begin(self.val)

    def on_validation_batch_end(self, trainer: Trainer, pl_module: LightningModule, outputs: Any, *batch: Any) -> None:
        """Count the images."""
        self._images += len(batch[0][0])

    def on_validation_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Stop the clock of a validation."""
        self.val[-1].stop(self._images)

    def _begin(self, costs: list[Cost]) -> None:
        self._images = 0
        costs.append(Cost())
        costs[-1].start()
