"""Feeds the mirrors of a run from its history."""

from collections.abc import Sequence

from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback

from segsweep.runs.logger import Mirror
from segsweep.training.callbacks.history import History


class Mirroring(Callback):
    """Starts the mirrors with the epochs that are done, and shows them every new row; stands after the history."""

    def __init__(self, history: History, mirrors: Sequence[Mirror]) -> None:
        self._history = history
        self._mirrors = mirrors

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start, once."""
        for mirror in self._mirrors:
            if not mirror.is_started:
                mirror.start(self._history.rows)
                mirror.is_started = True

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Show the row of the epoch."""
        row = self._history.rows[-1]
        for mirror in self._mirrors:
            mirror.log_metrics(row, step=int(row["epoch"]))
