"""What ends a training before its last epoch: a metric that no longer improves, or the pruner of a sweep."""

import math

from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback, EarlyStopping

from segsweep.core.errors import Pruned
from segsweep.training.callbacks.history import History
from segsweep.training.errors import pruned
from segsweep.training.pruning import Pruner


class Stopping(EarlyStopping):
    """Lightning's early stopping, which also stays stopped: a run that was killed in its test trains no further."""

    def __init__(self, monitor: str, *, mode: str, patience: int) -> None:
        super().__init__(monitor, mode=mode, patience=patience, check_finite=False)

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Stop where it was stopped before."""
        if self.wait_count >= self.patience:
            trainer.should_stop = True


class Pruning(Callback):
    """Reports the metric after each validation, and ends the training after that epoch if the pruner stops the run.

    Stands after the history and the early stopping. The last checkpoint is written after it, so that a pruned run can
    go on when its own command is typed.
    """

    def __init__(self, pruner: Pruner, history: History, metric: str) -> None:
        self._pruner = pruner
        self._history = history
        self._metric = metric
        self._stopped: Pruned | None = None

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Report the epochs that earlier starts of the run did."""
        if trainer.is_global_zero:
            self._pruner.report({int(row["epoch"]): self._value(row) for row in self._history.rows})

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Let the pruner judge the epoch; the first process does it for all."""
        row = self._history.rows[-1]
        epoch, value = int(row["epoch"]), self._value(row)
        if not math.isfinite(value):
            return
        stops = trainer.is_global_zero and self._pruner.should_stop(epoch, value)
        stops = trainer.strategy.broadcast(stops)
        is_over = trainer.should_stop or epoch == trainer.max_epochs
        if stops and not is_over:
            self._stopped = pruned(epoch, self._metric, value)
            trainer.should_stop = True

    def _value(self, row: dict[str, float]) -> float:
        return row.get(self._metric, math.nan)

    @property
    def has_stopped(self) -> bool:
        """Whether the pruner stopped the run."""
        return self._stopped is not None

    def raise_if_stopped(self) -> None:
        """End the run where the pruner stopped it.

        Raises:
            Pruned: With the epoch and the value.
        """
        if self._stopped is not None:
            raise self._stopped
