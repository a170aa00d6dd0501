"""Lightning's Trainer from the config."""

import logging
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

import lightning
from lightning import Trainer
from lightning.fabric.plugins.environments.lightning import LightningEnvironment
from lightning.pytorch.callbacks import Callback, WeightAveraging
from torch.optim.swa_utils import get_ema_multi_avg_fn

from segsweep.runs.logger import RunLogger
from segsweep.schema import Config
from segsweep.sweep.queue.trial import RunningTrial
from segsweep.training.callbacks.bar import Bar
from segsweep.training.callbacks.checkpoints import AtomicCheckpointIO, checkpoint_callbacks
from segsweep.training.callbacks.curves import Curves
from segsweep.training.callbacks.finite import FiniteLoss
from segsweep.training.callbacks.history import History
from segsweep.training.callbacks.lines import EpochLines
from segsweep.training.callbacks.logging import RunLogging
from segsweep.training.callbacks.pruning import Pruning
from segsweep.training.callbacks.seeds import EpochSeeds
from segsweep.training.callbacks.signals import OwnSignals
from segsweep.training.callbacks.speed import Speed
from segsweep.training.callbacks.stopping import Stopping
from segsweep.training.callbacks.whereabouts import Whereabouts
from segsweep.training.devices import LIGHTNING_PRECISION, Devices
from segsweep.training.memory import Batches


@dataclass(frozen=True)
class Training:
    """A Trainer and the callbacks that are read when it is done."""

    trainer: Trainer
    history: History
    speed: Speed
    whereabouts: Whereabouts
    pruning: Pruning | None
    """Where a sweep may stop the run."""


def build_trainer(
    config: Config,
    folder: Path,
    devices: Devices,
    precision: str,
    *,
    batches: Batches,
    loggers: list[RunLogger],
    trial: RunningTrial | None,
) -> Training:
    """Build the Trainer of a run that works in `folder`.

    Args:
        config: The whole tree.
        folder: The run's folder.
        devices: Where to compute.
        precision: One of 32, bf16, fp16.
        batches: How many images are computed at a time.
        loggers: Where else the run is shown.
        trial: Asked at each validation whether the run is stopped.
    """
    settings = config.trainer
    speed, whereabouts = Speed(), Whereabouts()
    history = History(folder, speed)
    pruning = None if trial is None else Pruning(trial, history, trial.metric or settings.monitor)
    _, checkpoints = checkpoint_callbacks(
        folder, monitor=settings.monitor, mode=settings.monitor_mode, every_epochs=settings.checkpoint_every_epochs
    )
    callbacks: list[Callback] = [
        OwnSignals(),
        whereabouts,
        EpochSeeds(config.seed),
        speed,
        history,
        RunLogging(history, loggers),
        *_shown(config, folder, history),
    ]
    callbacks.append(
        FiniteLoss(
            precision=precision,
            learning_rate=config.optimizer.lr,
            clips_gradient=settings.gradient_clip_norm is not None,
        )
    )
    if settings.ema_decay is not None:
        average = get_ema_multi_avg_fn(settings.ema_decay)  # type: ignore[no-untyped-call]
        callbacks.append(WeightAveraging(multi_avg_fn=average))
    if settings.early_stopping_patience is not None:
        callbacks.append(
            Stopping(settings.monitor, mode=settings.monitor_mode, patience=settings.early_stopping_patience)
        )
    if pruning is not None:
        callbacks.append(pruning)
    _silence_lightning()
    trainer = Trainer(
        accelerator=devices.kind,
        devices=devices.num,
        # Encoders keep stages that a shallow decoder never uses, so some parameters get no gradient.
        strategy="ddp_find_unused_parameters_true" if devices.num > 1 else "auto",
        sync_batchnorm=devices.num > 1 and devices.kind == "cuda",
        precision=LIGHTNING_PRECISION[precision],  # type: ignore[arg-type]
        max_epochs=settings.max_epochs,
        accumulate_grad_batches=batches.accumulate_batches,
        gradient_clip_val=settings.gradient_clip_norm,
        check_val_every_n_epoch=settings.validate_every_epochs,
        deterministic=settings.deterministic,
        benchmark=not settings.deterministic,
        callbacks=[*callbacks, *checkpoints],
        plugins=[AtomicCheckpointIO(), *_environment(devices)],
        logger=False,  # ours are fed by callbacks, which are given them
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
        default_root_dir=folder,
    )
    return Training(trainer, history, speed, whereabouts, pruning)


def _environment(devices: Devices) -> list[LightningEnvironment]:
    """Keep Lightning from reading SLURM's variables: it would requeue the job itself, and count SLURM's tasks as ranks.

    On several devices torchrun's variables tell it the ranks.
    """
    return [LightningEnvironment()] if devices.num == 1 else []


def shows_bar(config: Config) -> bool:
    """Tell whether a progress bar is shown: where asked for, or where somebody watches."""
    return config.logger.progress == "bar" or (config.logger.progress == "auto" and sys.stderr.isatty())


def _shown(config: Config, folder: Path, history: History) -> list[Callback]:
    """Return the bar before the lines: it is gone when a line is said."""
    monitored = {"monitor": config.trainer.monitor, "mode": config.trainer.monitor_mode}
    shown: list[Callback] = [Bar(config.trainer.monitor)] if shows_bar(config) else []
    if config.logger.progress != "none":
        shown.append(EpochLines(history, **monitored))
    if config.logger.pictures:
        shown.append(Curves(folder, history, **monitored))
    return shown


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
