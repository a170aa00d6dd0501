"""Remembers where a run was when it could not go on."""

from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback

from segsweep.training.memory import Stage


class Whereabouts(Callback):
    """Keeps stage and epoch of an error; Lightning forgets both before the error arrives."""

    def __init__(self) -> None:
        self.stage: Stage = "training"
        self.epoch = 1

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        """Keep them."""
        self.stage = "test" if trainer.testing else "validation" if trainer.validating else "training"
        self.epoch = trainer.current_epoch + 1
