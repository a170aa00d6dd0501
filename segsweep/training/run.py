"""One run from its config to its result; reads as the table of contents of a run."""

import logging
import math
from functools import partial
from pathlib import Path
from typing import Any

import lightning
import torch

from segsweep.compat import check_config
from segsweep.config import Config
from segsweep.data import Data, check_augmentation, open_data
from segsweep.losses import auto_class_weights, build_loss
from segsweep.models import SegmentationModel, build_model, check_pair, check_weights, model_facts
from segsweep.results.folder import BEST_CHECKPOINT, LAST_CHECKPOINT
from segsweep.training.callbacks.speed import median_img_s
from segsweep.training.devices import Devices, choose_devices, choose_precision
from segsweep.training.environment import describe_environment, peak_memory_gib
from segsweep.training.loaders import Loaders, open_loaders
from segsweep.training.module import SegmentationModule, Steering
from segsweep.training.monitor import require_known_metric
from segsweep.training.optimizers import build_optimizer, check_optimizer
from segsweep.training.recording import Outcome
from segsweep.training.schedulers import build_scheduler, check_scheduler
from segsweep.training.trainer import Training, build_trainer

log = logging.getLogger("segsweep")


def train_and_test(config: Config, folder: Path, outcome: Outcome) -> None:
    """Train in `folder`, after the last finished epoch if it was begun before, and test; note all in `outcome`.

    Raises:
        SegsweepError: For a mistake of the user, before the first step where it can be known.
    """
    lightning.seed_everything(config.seed, workers=True, verbose=False)
    devices = choose_devices(config.hardware, config.trainer.batch_size)
    if config.hardware.num_threads is not None:
        torch.set_num_threads(config.hardware.num_threads)
    outcome.environment = describe_environment(devices)
    check_pair(config)
    check_weights(config.encoder)
    check_optimizer(config.optimizer)
    check_scheduler(config.scheduler, max_epochs=config.trainer.max_epochs)

    data = _open_data(config, outcome)
    model = _build_model(config, data, outcome)
    class_weights = _class_weights(config, data)
    loss = build_loss(config.loss, data.task, class_weights=class_weights)
    precision, why = choose_precision(config.trainer.precision, devices.kind)
    outcome.training = {"precision": precision, "precision_reason": why, "class_weights": class_weights}
    log.info("%s on %d x %s, precision %s (%s)", folder.name, devices.num, devices.name, precision, why)

    training = build_trainer(config, folder, devices, precision)
    loaders = open_loaders(config, data, devices, rank=training.trainer.global_rank)
    module = SegmentationModule(
        model,
        loss,
        data.task,
        _steering(config, devices, precision, num_batches=len(loaders.train)),
        channels_last=config.hardware.channels_last,
    )
    require_known_metric(config.trainer.monitor, module.meters.counts)
    _fit(training, module, loaders, folder, outcome)
    _test(training, module, loaders, folder, outcome, monitor=config.trainer.monitor, mode=config.trainer.monitor_mode)
    outcome.cost |= _cost(training, devices)


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
    check_config(config, data.task.kind)
    check_augmentation(config.augmentation, config.resolution, channels=data.channels, task=data.task)
    return data


def _build_model(config: Config, data: Data, outcome: Outcome) -> SegmentationModel:
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
        model = model.to(memory_format=torch.channels_last)
    if config.hardware.compile:
        model.net.compile()
    return model


def _class_weights(config: Config, data: Data) -> list[float] | None:
    if config.loss.class_weights == "auto":
        return auto_class_weights(data.class_pixels)
    return None if config.loss.class_weights is None else [float(weight) for weight in config.loss.class_weights]


def _steering(config: Config, devices: Devices, precision: str, *, num_batches: int) -> Steering:
    steps_per_epoch = math.ceil(num_batches / config.trainer.accumulate_batches)

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


def _fit(training: Training, module: SegmentationModule, loaders: Loaders, folder: Path, outcome: Outcome) -> None:
    last = folder / LAST_CHECKPOINT
    if last.exists():
        log.info("going on from %s", last)
    try:
        training.trainer.fit(module, loaders.train, loaders.val, ckpt_path=last if last.exists() else None)
    finally:
        outcome.training["epochs_done"] = len(training.history.rows)


def _test(
    training: Training,
    module: SegmentationModule,
    loaders: Loaders,
    folder: Path,
    outcome: Outcome,
    *,
    monitor: str,
    mode: str,
) -> None:
    best = training.history.best(monitor, mode)
    if best is not None:
        outcome.metrics = {name: value for name, value in best.items() if name.startswith("val/")}
        outcome.training |= {"best_epoch": int(best["epoch"])}
    checkpoint = torch.load(folder / BEST_CHECKPOINT, map_location="cpu", weights_only=True)
    module.load_state_dict(checkpoint["state_dict"])
    training.trainer.test(module, loaders.test, verbose=False)
    outcome.metrics |= module.evaluation
    outcome.training |= {"monitor": monitor, "monitor_mode": mode, "tested_split": loaders.tested_split}


def _cost(training: Training, devices: Devices) -> dict[str, Any]:
    return {
        "train_img_s": median_img_s(training.speed.train_img_s),
        "eval_img_s": median_img_s(training.speed.eval_img_s),
        "peak_memory_gib": peak_memory_gib(devices),
        "train_seconds": sum(row["seconds"] for row in training.history.rows),
        "epochs": len(training.history.rows),
    }
