"""Says when the device waits for images, and how many loader processes would be enough."""

import logging
import math
import os
import time
from typing import Any

from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback

log = logging.getLogger("segsweep")

TOLERATED_FRACTION = 0.1
"""Share of an epoch spent waiting for images from which it is worth a line."""


class Waiting(Callback):
    """Sums the time between the end of a step and the arrival of the next batch, over one epoch after the first."""

    def __init__(self, num_workers: int) -> None:
        self._num_workers = num_workers
        self._epoch_start = self._step_end = self._waited_s = 0.0

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start the clocks."""
        self._epoch_start = self._step_end = time.perf_counter()
        self._waited_s = 0.0

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        """Add the time since the last step."""
        self._waited_s += time.perf_counter() - self._step_end

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Say it once, after the second epoch: in the first, files and kernels are cold."""
        self._step_end = time.perf_counter()
        is_last = batch_idx + 1 == trainer.num_training_batches
        if is_last and trainer.current_epoch == 1 and trainer.is_global_zero:
            advice = enough_workers(self._waited_s, self._step_end - self._epoch_start, self._num_workers)
            if advice is not None:
                share = self._waited_s / (self._step_end - self._epoch_start)
                log.info(
                    "%.0f %% of the time is spent waiting for images; hardware.num_workers=%d would be enough, "
                    "with a core for each (here: %d)",
                    100 * share,
                    advice,
                    os.cpu_count() or 1,
                )


def enough_workers(waited_s: float, epoch_s: float, num_workers: int) -> int | None:
    """Return how many loader processes keep up with the steps; None if those there are do.

    Args:
        waited_s: Seconds of an epoch spent waiting for batches.
        epoch_s: Seconds of that epoch.
        num_workers: Loader processes there were; 0: the images were loaded between the steps.
    """
    if waited_s < TOLERATED_FRACTION * epoch_s:
        return None
    loading_s = waited_s if num_workers == 0 else epoch_s * num_workers
    return max(num_workers + 1, math.ceil(loading_s / max(epoch_s - waited_s, 1e-9)))
