"""All that a run needs, in the order in which it is built: devices, data, model, loss, loaders, callbacks, trainer."""

import logging
import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import lightning
import torch
from lightning import Trainer
from lightning.pytorch.callbacks import Callback

from segsweep.core.task import Task
from segsweep.data.augmentation.transforms import check_augmentation
from segsweep.data.base import Data
from segsweep.data.open import open_data
from segsweep.data.spec import DataConfig
from segsweep.losses.build import build_loss, class_weights_of
from segsweep.models.build import build_model
from segsweep.models.check import check_pair
from segsweep.models.network import SegmentationModel, to_channels_last
from segsweep.models.pretrained.weights import check_weights
from segsweep.models.sizes import size_multiple
from segsweep.optim.optimizers import check_optimizer
from segsweep.runs.facts import TrainingFacts
from segsweep.runs.folder import PER_IMAGE_FILE, PER_IMAGE_VAL_FILE
from segsweep.runs.reuse import read_started
from segsweep.runs.versions import weights_digest
from segsweep.schema import Config, HardwareConfig
from segsweep.training.callbacks.guards import FiniteLoss
from segsweep.training.callbacks.images import image_file
from segsweep.training.callbacks.order import (
    Watchers,
    build_outputs,
    build_watchers,
    order_callbacks,
    shown_on_terminal,
)
from segsweep.training.environment import describe_environment
from segsweep.training.facts import cost_facts, data_facts, with_batches
from segsweep.training.loaders import Loaders, open_loaders
from segsweep.training.loggers import open_loggers
from segsweep.training.machine.devices import Devices, choose_devices, choose_precision
from segsweep.training.machine.memory import Batches, Sizes
from segsweep.training.module import SegmentationModule
from segsweep.training.optimization import Optimization, plan_optimization
from segsweep.training.pruning import Pruner
from segsweep.training.recording import RunNotes
from segsweep.training.trainer import build_trainer
from segsweep.validate import check_task

log = logging.getLogger("segsweep")


@dataclass(frozen=True)
class Assembly:
    """A run that is ready for its first step."""

    notes: RunNotes
    """What is known so far."""
    module: SegmentationModule
    loaders: Loaders
    trainer: Trainer
    watchers: Watchers
    devices: Devices
    batches: Batches


def assemble(
    config: Config, folder: Path, *, known: RunNotes, sizes: Sizes, pruner: Pruner | None
) -> Generator[RunNotes, None, Assembly]:
    """Check and build all that a run needs; what is quick to check comes first.

    Args:
        config: The whole tree; `validate.check_config` has passed it.
        folder: The run's folder.
        known: What an attempt before this one has found out.
        sizes: What the run has come down to, where memory ran out before.
        pruner: May stop the run early.
    Yields:
        What is known, after each stage.
    Raises:
        SegsweepError: For a mistake of the user.
    """
    devices = _prepare(config)
    yield (known := replace(known, environment=describe_environment(devices, config.plugins)))
    _check_before_data(config, devices)

    data = _open_data(config.data, cache=config.paths.cache)
    content = read_started(folder).data_content
    yield (known := replace(known, data=data_facts(data, config.data, content=content)))
    check_task(config, data.task)
    check_augmentation(config.augmentation, config.resolution, channels=data.channels, task=data.task)

    model = _build_model(config, data)
    yield (known := replace(known, cost=cost_facts(model, data.channels, config.resolution)))
    _lay_out(model, config.hardware, devices)

    num_train = len(data.splits["train"])
    batches = sizes.batches(config.trainer, config.hardware, num_train=num_train, num_devices=devices.num)
    precision, why = choose_precision(config.trainer.precision, devices.kind)
    log.info("%s on %d x %s, precision %s (%s)", folder.name, devices.num, devices.name, precision, why)
    class_weights = class_weights_of(config.loss.class_weights, data.class_pixels)
    facts = TrainingFacts(
        precision=precision,
        precision_reason=why,
        class_weights=tuple(class_weights) if class_weights else None,
        encoder_weights=weights_digest(config),
    )
    yield (known := replace(known, training=with_batches(facts, batches, sizes, num_train=num_train)))
    known = replace(known, loggers=known.loggers or open_loggers(config, folder))  # begun again, a run keeps them
    yield known

    loaders = _open_loaders(config, data, batches, devices)
    steps_per_epoch = math.ceil(len(loaders.train) / batches.accumulate_batches)
    optimization = plan_optimization(
        config, device_kind=devices.kind, precision=precision, steps_per_epoch=steps_per_epoch
    )
    module = _build_module(config, model, data.task, optimization, class_weights)

    watchers = build_watchers(folder, monitor=config.trainer.monitor, mode=config.trainer.monitor_mode, pruner=pruner)
    trainer = build_trainer(
        config.trainer,
        folder,
        devices=devices,
        precision=precision,
        accumulate_batches=batches.accumulate_batches,
        callbacks=_callbacks(config, folder, watchers, data, loaders, known),
    )
    return Assembly(known, module, loaders, trainer, watchers, devices, batches)


def _prepare(config: Config) -> Devices:
    """Seed what draws numbers, and choose the devices."""
    lightning.seed_everything(config.seed, workers=True, verbose=False)
    devices = choose_devices(config.hardware, config.trainer.batch_size)
    if config.hardware.num_threads is not None:
        torch.set_num_threads(config.hardware.num_threads)
    return devices


def _check_before_data(config: Config, devices: Devices) -> None:
    """Check what needs torch and its libraries but no file of the data, which may take long to read."""
    check_pair(
        config.model,
        config.encoder,
        channels=config.data.channels,
        resolution=config.resolution,
        batch=config.trainer.batch_size // devices.num,
    )
    check_weights(config.encoder)
    check_optimizer(config.optimizer)


def _open_data(settings: DataConfig, *, cache: str) -> Data:
    data = open_data(settings, cache_dir=Path(cache).expanduser())
    for note in data.notes:
        log.info(note)
    for warning in data.shared.warnings:
        log.warning(warning)
    return data


def _build_model(config: Config, data: Data) -> SegmentationModel:
    return build_model(
        config.model,
        config.encoder,
        in_channels=data.channels,
        num_outputs=data.task.num_outputs,
        image_size=(config.resolution.height, config.resolution.width),
    )


def _lay_out(model: SegmentationModel, hardware: HardwareConfig, devices: Devices) -> None:
    if hardware.channels_last:
        to_channels_last(model, devices.kind)
    if hardware.compile:
        model.net.compile()


def _open_loaders(config: Config, data: Data, batches: Batches, devices: Devices) -> Loaders:
    return open_loaders(
        data,
        config.resolution,
        config.augmentation,
        batches=batches,
        devices=devices,
        num_workers=config.hardware.num_workers,
        size_multiple=size_multiple(config.model, config.encoder),
        seed=config.seed,
    )


def _build_module(
    config: Config,
    model: SegmentationModel,
    task: Task,
    optimization: Optimization,
    class_weights: Sequence[float] | None,
) -> SegmentationModule:
    return SegmentationModule(
        model,
        build_loss(config.loss, task, class_weights=class_weights),
        task,
        optimization,
        channels_last=config.hardware.channels_last,
        boundary_tolerance_px=config.metrics.boundary_tolerance_px if config.metrics.boundary else None,
    )


def _callbacks(
    config: Config, folder: Path, watchers: Watchers, data: Data, loaders: Loaders, known: RunNotes
) -> list[Callback]:
    """Return all callbacks of the run, in their order."""
    finite = FiniteLoss(
        precision=str(known.training.precision),
        learning_rate=config.optimizer.lr,
        clips_gradient=config.trainer.gradient_clip_norm is not None,
    )
    outputs = build_outputs(
        folder,
        watchers.history,
        data,
        loaders,
        tested=image_file(folder / PER_IMAGE_FILE, data, config.data, loaders.tested_split),
        pictures=config.logger.pictures,
        palette=getattr(config.data, "palette", None),
        loggers=known.loggers,
    )
    return order_callbacks(
        watchers,
        folder,
        config.trainer,
        seed=config.seed,
        finite=finite,
        loggers=known.loggers,
        shown=shown_on_terminal(config.logger.progress, watchers.history, num_workers=loaders.train.num_workers),
        outputs=outputs,
        validated=image_file(folder / PER_IMAGE_VAL_FILE, data, config.data, "val"),
    )
