"""Makes the random numbers of an epoch depend on the seed and the epoch only, so that a resumed run repeats nothing."""

import torch
from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback


class EpochSeeds(Callback):
    """Seeds torch at the start of every epoch; dropout then draws the same with and without an interruption."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Seed torch on the CPU and all devices."""
        torch.manual_seed(hash((self._seed, trainer.current_epoch, trainer.global_rank)) % 2**63)
