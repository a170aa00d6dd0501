"""Lightning's Trainer, with what is ours to decide: devices, precision, checkpoints, signals, loggers."""

import logging
import warnings
from collections.abc import Sequence
from pathlib import Path

import lightning
from lightning import Trainer
from lightning.fabric.plugins.environments.lightning import LightningEnvironment
from lightning.pytorch.callbacks import Callback

from segsweep.schema import TrainerConfig
from segsweep.training.callbacks.checkpoints import AtomicCheckpointIO
from segsweep.training.machine.devices import LIGHTNING_PRECISION, Devices


def build_trainer(
    settings: TrainerConfig,
    folder: Path,
    *,
    devices: Devices,
    precision: str,
    accumulate_batches: int,
    callbacks: Sequence[Callback],
) -> Trainer:
    """Build the Trainer of a run that works in `folder`.

    Args:
        settings: Epochs, clipping, validation.
        folder: The run's folder.
        devices: Where to compute.
        precision: One of 32, bf16, fp16.
        accumulate_batches: Forward passes per step of the optimizer.
        callbacks: In the order in which they are called; those that write checkpoints are called last.
    """
    _silence_lightning()
    return Trainer(
        accelerator=devices.kind,
        devices=devices.num,
        # Encoders keep stages that a shallow decoder never uses, so some parameters get no gradient.
        strategy="ddp_find_unused_parameters_true" if devices.num > 1 else "auto",
        sync_batchnorm=devices.num > 1 and devices.kind == "cuda",
        precision=LIGHTNING_PRECISION[precision],  # type: ignore[arg-type]
        max_epochs=settings.max_epochs,
        accumulate_grad_batches=accumulate_batches,
        gradient_clip_val=settings.gradient_clip_norm,
        check_val_every_n_epoch=settings.validate_every_epochs,
        deterministic=settings.deterministic,
        benchmark=not settings.deterministic,
        callbacks=list(callbacks),
        plugins=[AtomicCheckpointIO(), *_environment(devices)],
        logger=False,  # ours are fed by callbacks, which are given them
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
        default_root_dir=folder,
    )


def _environment(devices: Devices) -> list[LightningEnvironment]:
    """Keep Lightning from reading SLURM's variables: it would requeue the job itself, and count SLURM's tasks as ranks.

    On several devices torchrun's variables tell it the ranks.
    """
    return [LightningEnvironment()] if devices.num == 1 else []


def _silence_lightning() -> None:
    """Keep Lightning's notes on hardware and its tips out of the log; its warnings stay, less the ones we answer."""
    logging.getLogger("lightning.pytorch").setLevel(logging.WARNING)
    logging.getLogger("lightning.fabric").setLevel(logging.WARNING)
    for text in (
        ".*does not have many workers.*",  # hardware.num_workers=auto has decided
        ".*Checkpoint directory .* exists and is not empty.*",  # a run goes on in its own folder
        ".*It is recommended to use `.*sync_dist=True.*",  # counts are summed over ranks before they are scores
        ".*The number of training batches .* is smaller than the logging interval.*",  # rows are per epoch
        ".*The `srun` command is available.*",  # the sweep's launcher starts the processes
        ".*`isinstance\\(treespec, LeafSpec\\)` is deprecated.*",  # Lightning 2.6 on torch 2.14
    ):
        warnings.filterwarnings("ignore", message=text, module=f"{lightning.__name__}.*")
