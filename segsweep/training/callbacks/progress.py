"""What a person sees while a run trains: a bar, a line per epoch, and a word where the device waits for images."""

import logging
import math
import os
import time
from typing import Any

import torch
from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback
from torch import Tensor
from tqdm import tqdm

from segsweep.core.text import duration
from segsweep.training.callbacks.history import History

log = logging.getLogger("segsweep")


_EVERY_S = 0.2


class LateNumbers:
    """Numbers on the device, as they were at the previous reading: nothing waits for the device."""

    def __init__(self) -> None:
        self._copy: Tensor | None = None
        self._copied: torch.cuda.Event | None = None

    def read(self, numbers: Tensor) -> list[float]:
        """Return the numbers of the previous call where they have arrived, and begin to copy those of now."""
        if numbers.device.type == "cpu":
            return [float(number) for number in numbers]
        arrived: list[float] = []
        if self._copy is not None and self._copied is not None:
            if not self._copied.query():  # type: ignore[no-untyped-call]
                return []
            arrived = [float(number) for number in self._copy]
        self._copy = numbers.to("cpu", non_blocking=True, copy=True)
        self._copied = torch.cuda.Event()  # type: ignore[no-untyped-call]
        self._copied.record()
        return arrived


class Bar(Callback):
    """Shows how far the epoch, the validation or the test is, the mean loss so far, and the monitored metric.

    There is one bar at a time, and none while a line is written.
    """

    def __init__(self, monitor: str) -> None:
        self._monitor = monitor
        self._bar: Any = None
        self._loss = LateNumbers()

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Show a bar for the epoch."""
        title = f"epoch {trainer.current_epoch + 1}/{trainer.max_epochs}"
        self._show(trainer, title, trainer.num_training_batches)

    def on_train_batch_end(self, trainer: Trainer, pl_module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        """Move the bar."""
        if self._bar is not None and self._bar.update():  # drawn now, and not again for a while
            parts = []
            if numbers := self._loss.read(pl_module.meters.train_loss.total):
                parts.append(f"loss {numbers[0] / max(numbers[1], 1):.4f}")
            if self._monitor in pl_module.evaluation:
                parts.append(f"{self._monitor} {pl_module.evaluation[self._monitor]:.4f}")
            self._bar.set_postfix_str(", ".join(parts), refresh=False)

    def on_validation_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Show a bar for the validation instead."""
        self._show(trainer, "validation", trainer.num_val_batches)

    def on_validation_batch_end(self, *_: Any, **__: Any) -> None:
        """Move the bar."""
        if self._bar is not None:
            self._bar.update()

    def on_test_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Show a bar for the test."""
        self._show(trainer, "test", trainer.num_test_batches)

    on_test_batch_end = on_validation_batch_end

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Take the bar away."""
        self._take_away()

    on_train_epoch_end = on_test_end = on_validation_end

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        """Take the bar away."""
        self._take_away()

    def _show(self, trainer: Trainer, title: str, num_batches: Any) -> None:
        self._take_away()
        if trainer.is_global_zero:
            total = sum(num_batches) if isinstance(num_batches, list) else num_batches
            self._bar = tqdm(
                desc=title, total=total, leave=False, dynamic_ncols=True, mininterval=_EVERY_S, unit="batch"
            )

    def _take_away(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar = None


class EpochLines(Callback):
    """Logs after every epoch: losses, the monitored metric, the best so far, the speed, and the time that is left."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._start = 0.0
        self._first_epoch = 0

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start the clock."""
        self._start, self._first_epoch = time.perf_counter(), trainer.current_epoch

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Log the line."""
        if trainer.is_global_zero:
            done = trainer.current_epoch + 1
            per_epoch_s = (time.perf_counter() - self._start) / (done - self._first_epoch)
            log.info(self._line(done, trainer.max_epochs or done, per_epoch_s))

    def _line(self, done: int, total: int, per_epoch_s: float) -> str:
        row = self._history.rows[-1]
        parts = [f"epoch {done:>{len(str(total))}}/{total}", f"loss {row['train/loss']:.4f}"]
        if "val/loss" in row:
            parts.append(f"val/loss {row['val/loss']:.4f}")
        best, monitor = self._history.best(), self._history.monitor
        if monitor in row and best is not None:
            parts.append(f"{monitor} {row[monitor]:.4f} (best {best[monitor]:.4f}, epoch {best['epoch']:.0f})")
        speed = row["train_img_s"]
        parts += [f"{speed:.{0 if speed >= 10 else 1}f} img/s", f"ETA {duration(per_epoch_s * (total - done))}"]
        return "   ".join(parts)


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
        """Log it once, after the second epoch: in the first, files and kernels are cold."""
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
