"""What a person sees while a run trains: one line per epoch."""

import logging
import time

from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback

from segsweep.core.text import duration
from segsweep.training.callbacks.history import History

log = logging.getLogger("segsweep")


class EpochLines(Callback):
    """Says after every epoch: losses, the monitored metric, the best so far, the speed, and the time that is left."""

    def __init__(self, history: History, *, monitor: str, mode: str) -> None:
        self._history = history
        self._monitor = monitor
        self._mode = mode
        self._start = 0.0
        self._first_epoch = 0

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start the clock."""
        self._start, self._first_epoch = time.perf_counter(), trainer.current_epoch

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Say the line."""
        if trainer.is_global_zero:
            done = trainer.current_epoch + 1
            per_epoch_s = (time.perf_counter() - self._start) / (done - self._first_epoch)
            log.info(self._line(done, trainer.max_epochs or done, per_epoch_s))

    def _line(self, done: int, total: int, per_epoch_s: float) -> str:
        row = self._history.rows[-1]
        parts = [f"epoch {done:>{len(str(total))}}/{total}", f"loss {row['train/loss']:.4f}"]
        if "val/loss" in row:
            parts.append(f"val/loss {row['val/loss']:.4f}")
        best = self._history.best(self._monitor, self._mode)
        if self._monitor in row and best is not None:
            parts.append(
                f"{self._monitor} {row[self._monitor]:.4f} (best {best[self._monitor]:.4f}, epoch {best['epoch']:.0f})"
            )
        speed = row["train_img_s"]
        parts += [f"{speed:.{0 if speed >= 10 else 1}f} img/s", f"ETA {duration(per_epoch_s * (total - done))}"]
        return "   ".join(parts)
