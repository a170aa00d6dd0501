"""Keeps Ctrl-C and SIGTERM ours."""

import threading

from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback

from segsweep.core.signals import install_handlers


class OwnSignals(Callback):
    """Takes the signals back from Lightning, whose SIGTERM handler talks to the other ranks and can wait for ever."""

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Install the handlers again."""
        if threading.current_thread() is threading.main_thread():
            install_handlers()
