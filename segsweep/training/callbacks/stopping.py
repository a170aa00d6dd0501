"""Ends a run whose metric has stopped to improve."""

from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import EarlyStopping


class Stopping(EarlyStopping):
    """Lightning's early stopping, which also stays stopped: a run that was killed in its test trains no further."""

    def __init__(self, monitor: str, *, mode: str, patience: int) -> None:
        super().__init__(monitor, mode=mode, patience=patience, check_finite=False)

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Stop where it was stopped before."""
        if self.wait_count >= self.patience:
            trainer.should_stop = True
