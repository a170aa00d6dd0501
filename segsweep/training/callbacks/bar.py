"""A bar for whoever watches a terminal."""

from typing import Any

import torch
from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback
from torch import Tensor
from tqdm import tqdm

_EVERY_S = 0.2


class LateNumbers:
    """Numbers of the device, as they were when they were asked for last: nothing waits for the device."""

    def __init__(self) -> None:
        self._copy: Tensor | None = None
        self._copied: torch.cuda.Event | None = None

    def read(self, numbers: Tensor) -> list[float]:
        """Return the numbers of the call before where they have arrived, and ask for those of now."""
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

    There is one bar at a time, and none while a line is said.
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
