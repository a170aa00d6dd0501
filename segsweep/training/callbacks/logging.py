"""Feeds the loggers of a run from its history."""

from collections.abc import Sequence

from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback

from segsweep.runs.logger import RunLogger
from segsweep.training.callbacks.history import History


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
