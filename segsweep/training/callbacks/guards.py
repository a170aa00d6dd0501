"""What keeps a run in order: its random numbers, its signals, a finite loss, and where it failed."""

import threading
from typing import Any

import torch
from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback

from segsweep.core.signals import install_handlers
from segsweep.training.errors import loss_not_finite
from segsweep.training.machine.memory import Stage


class EpochSeeds(Callback):
    """Seeds torch at the start of every epoch; dropout then draws the same with and without an interruption."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Seed torch on the CPU and all devices."""
        torch.manual_seed(hash((self._seed, trainer.current_epoch, trainer.global_rank)) % 2**63)


class OwnSignals(Callback):
    """Takes the signals back from Lightning, whose SIGTERM handler talks to the other ranks and can wait for ever."""

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Install the handlers again."""
        if threading.current_thread() is threading.main_thread():
            install_handlers()


CUDA_CHECK_EVERY_STEPS = 50
"""Reading the flag waits for the device; on the CPU that costs nothing, so there it is read after every step."""


class FiniteLoss(Callback):
    """Reads the flag that the step sets, and stops the run with the step and the likely cause."""

    def __init__(self, *, precision: str, learning_rate: float, clips_gradient: bool) -> None:
        self._precision = precision
        self._learning_rate = learning_rate
        self._clips_gradient = clips_gradient
        self._first_batch = 0

    def on_train_start(self, trainer: Trainer, pl_module: Any) -> None:
        """Remember how many batches were trained before, for a run that goes on."""
        self._first_batch = trainer.current_epoch * int(trainer.num_training_batches)

    def on_train_batch_end(self, trainer: Trainer, pl_module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        """Read the flag now and then."""
        is_last = batch_idx + 1 == trainer.num_training_batches
        if is_last or pl_module.device.type == "cpu" or batch_idx % CUDA_CHECK_EVERY_STEPS == 0:
            batches_before = pl_module.meters.train_loss.steps_to_first_bad()
            if batches_before is not None:
                raise loss_not_finite(self._first_batch + batches_before + 1, self._cause(pl_module))

    def _cause(self, module: Any) -> str:
        if not all(bool(torch.isfinite(buffer).all()) for buffer in (module.model.mean, module.model.std)):
            return "The encoder's mean or std is not finite: check encoder.weights."
        if self._precision == "fp16":
            return "fp16 overflows beyond 65504. Try trainer.precision=bf16 or trainer.precision=32"
        lower = f"optimizer.lr={self._learning_rate / 10:g}"
        clip = "" if self._clips_gradient else " and trainer.gradient_clip_norm=1"
        return f"The learning rate {self._learning_rate:g} is probably too high. Try {lower}{clip}"


class FailureStage(Callback):
    """Keeps stage and epoch of an error; Lightning forgets both before the error arrives."""

    def __init__(self) -> None:
        self.stage: Stage = "training"
        self.epoch = 1

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        """Keep them."""
        self.stage = "test" if trainer.testing else "validation" if trainer.validating else "training"
        self.epoch = trainer.current_epoch + 1
