"""From the config to all that training needs: checked data, network, loss, loaders, trainer."""

import logging
import math
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import lightning
import torch
from lightning.pytorch.callbacks import Callback

from segsweep.data.augment import check_augmentation
from segsweep.data.base import Data
from segsweep.data.open import open_data
from segsweep.losses.build import build_loss
from segsweep.losses.class_weights import class_weights_of
from segsweep.models.build import build_model
from segsweep.models.check import check_pair
from segsweep.models.facts import model_facts
from segsweep.models.network import SegmentationModel
from segsweep.models.weights import check_weights
from segsweep.optim.optimizers import build_optimizer, check_optimizer
from segsweep.optim.schedules import build_scheduler
from segsweep.runs.logger import RunLogger
from segsweep.schema import Config
from segsweep.sweep.queue.trial import RunningTrial
from segsweep.training.callbacks.class_plots import ClassPlots
from segsweep.training.callbacks.confusion import Confusion
from segsweep.training.callbacks.per_image import PerImage
from segsweep.training.callbacks.samples import Samples
from segsweep.training.callbacks.waiting import Waiting
from segsweep.training.devices import Devices, choose_devices, choose_precision
from segsweep.training.environment import describe_environment
from segsweep.training.loaders import Loaders, open_loaders
from segsweep.training.loggers import build_loggers
from segsweep.training.memory import Batches, Sizes, note_on_micro_batches
from segsweep.training.memory_format import to_channels_last
from segsweep.training.module import SegmentationModule, Steering
from segsweep.training.recording import Outcome
from segsweep.training.trainer import Training, build_trainer
from segsweep.validate import check_task

log = logging.getLogger("segsweep")


@dataclass(frozen=True)
class Prepared:
    """A run that is ready for its first step."""

    module: SegmentationModule
    loaders: Loaders
    training: Training
    devices: Devices
    batches: Batches


def prepare_run(config: Config, folder: Path, outcome: Outcome, sizes: Sizes, trial: RunningTrial | None) -> Prepared:
    """Check and build all that a run needs; what is quick to check comes first.

    Args:
        config: The whole tree.
        folder: The run's folder.
        outcome: Takes what is learnt on the way, so that a run that fails here is recorded with it.
        sizes: What the run has come to, where memory ran out before.
        trial: The trial of a sweep that the run is, where it may be pruned.
    Raises:
        SegsweepError: For a mistake of the user.
    """
    lightning.seed_everything(config.seed, workers=True, verbose=False)
    devices = choose_devices(config.hardware, config.trainer.batch_size)
    if config.hardware.num_threads is not None:
        torch.set_num_threads(config.hardware.num_threads)
    outcome.environment = describe_environment(devices, config.plugins)
    check_pair(config)
    check_weights(config.encoder)
    check_optimizer(config.optimizer)

    data = _open_data(config, outcome)
    model = _build_model(config, data, devices, outcome)
    class_weights = class_weights_of(config.loss.class_weights, data.class_pixels)
    loss = build_loss(config.loss, data.task, class_weights=class_weights)
    precision, why = choose_precision(config.trainer.precision, devices.kind)
    outcome.training = {"precision": precision, "precision_reason": why, "class_weights": class_weights}
    batches = sizes.batches(config, num_train=len(data.splits["train"]), num_devices=devices.num)
    outcome.training |= _batch_facts(batches, sizes)
    log.info("%s on %d x %s, precision %s (%s)", folder.name, devices.num, devices.name, precision, why)

    outcome.loggers = outcome.loggers or build_loggers(config, folder)  # a run that begins again keeps them
    training = build_trainer(config, folder, devices, precision, batches=batches, loggers=outcome.loggers, trial=trial)
    loaders = open_loaders(config, data, devices, batches, rank=training.trainer.global_rank)
    module = SegmentationModule(
        model,
        loss,
        data.task,
        _steering(config, devices, precision, steps_per_epoch=_steps_per_epoch(loaders, batches)),
        channels_last=config.hardware.channels_last,
        boundary_tolerance_px=config.metrics.boundary_tolerance_px if config.metrics.boundary else None,
    )
    with_data = _with_data(config, folder, data, loaders, outcome.loggers)
    training.trainer.callbacks += with_data  # type: ignore[attr-defined]  # Lightning sets it elsewhere
    return Prepared(module, loaders, training, devices, batches)


def _batch_facts(batches: Batches, sizes: Sizes) -> dict[str, Any]:
    facts = {
        "micro_batch_size": batches.micro_batch_size,
        "accumulate_batches": batches.accumulate_batches,
        "eval_batch_size": batches.eval_batch_size,
        "out_of_memory": sizes.out_of_memory,
    }
    note = note_on_micro_batches(batches)
    return facts if note is None else {**facts, "note": note}


def _steps_per_epoch(loaders: Loaders, batches: Batches) -> int:
    return math.ceil(len(loaders.train) / batches.accumulate_batches)


def _open_data(config: Config, outcome: Outcome) -> Data:
    data = open_data(config.data, cache_dir=Path(config.paths.cache).expanduser())
    for note in data.notes:
        log.info(note)
    outcome.data = {
        "name": data.name,
        "fingerprint": data.fingerprint,
        "num_images": dict(data.counts),
        "task": data.task.kind,
        "class_names": list(data.task.class_names),
        "class_pixels": list(data.class_pixels),
    }
    if config.data.fold is not None:
        outcome.data |= {"fold": config.data.fold, "num_folds": config.data.num_folds}
    check_task(config, data.task)
    check_augmentation(config.augmentation, config.resolution, channels=data.channels, task=data.task)
    return data


def _build_model(config: Config, data: Data, devices: Devices, outcome: Outcome) -> SegmentationModel:
    height, width = config.resolution.height, config.resolution.width
    model = build_model(
        config.model,
        config.encoder,
        in_channels=data.channels,
        num_outputs=data.task.num_outputs,
        image_size=(height, width),
    )
    facts = model_facts(model, in_channels=data.channels, height=height, width=width)
    outcome.cost = {
        "num_parameters": facts.num_parameters,
        "num_encoder_parameters": facts.num_encoder_parameters,
        "gflops": facts.gflops,
    }
    if config.hardware.channels_last:
        to_channels_last(model, devices.kind)
    if config.hardware.compile:
        model.net.compile()
    return model


def _with_data(config: Config, folder: Path, data: Data, loaders: Loaders, loggers: list[RunLogger]) -> list[Callback]:
    task, split = data.task, loaders.tested_split
    callbacks: list[Callback] = [
        Waiting(loaders.train.num_workers),
        Confusion(folder, task),
        PerImage(folder, data.splits[split], task.scored_names),
    ]
    if config.logger.pictures:
        palette = getattr(config.data, "palette", None)
        callbacks += [
            ClassPlots(folder, task, tested_split=split),
            Samples(folder, data, loaders, palette=palette, loggers=loggers),
        ]
    return callbacks


def _steering(config: Config, devices: Devices, precision: str, *, steps_per_epoch: int) -> Steering:
    def scheduler(optimizer: torch.optim.Optimizer) -> dict[str, Any]:
        schedule = build_scheduler(
            config.scheduler,
            optimizer,
            total_steps=steps_per_epoch * config.trainer.max_epochs,
            steps_per_epoch=steps_per_epoch,
            monitor_mode=config.trainer.monitor_mode,
        )
        if schedule.interval != "validation":
            return {"scheduler": schedule.scheduler, "interval": schedule.interval}
        return {
            "scheduler": schedule.scheduler,
            "interval": "epoch",
            "frequency": config.trainer.validate_every_epochs,
            "monitor": config.trainer.monitor,
            "reduce_on_plateau": True,
        }

    # A fused optimizer unscales fp16 gradients itself, too late for clipping.
    fused = precision != "fp16" or config.trainer.gradient_clip_norm is None
    optimizer = partial(build_optimizer, optimizer=config.optimizer, device_type=devices.kind, fused=fused)
    return Steering(optimizer, scheduler)
