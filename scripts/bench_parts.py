"""The parts of bench_train.py: the bare loop, and what is measured once."""

import argparse
import copy
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, cast

import segmentation_models_pytorch as smp
import torch
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf
from torch import nn
from torch.utils.data import DataLoader, Dataset

from scripts.bench_clocks import Clock, Cost
from segsweep.cli.run import prepare
from segsweep.config.options import conf_dir
from segsweep.core.task import Task
from segsweep.data.batches import TrainBatch
from segsweep.metrics.evaluator import Evaluator
from segsweep.models.network import SegmentationModel
from segsweep.schema import Config
from segsweep.training.assemble import Assembly, assemble
from segsweep.training.machine.memory import Sizes
from segsweep.training.recording import RunNotes


def words(chosen: argparse.Namespace) -> list[str]:
    """Return the command line of the run that is measured."""
    return [
        "data=folder",
        f"data.root={chosen.root}",
        "data.task=multiclass",
        f"data.num_classes={chosen.classes}",
        f"data.ignore_index={chosen.ignore_index}",
        f"model={chosen.model}",
        f"encoder={chosen.encoder}",
        "encoder.weights=null",
        f"resolution={chosen.height}x{chosen.width}",
        "resolution.count_at=input",
        "augmentation=flip",
        "scheduler=constant",
        f"trainer.batch_size={chosen.batch}",
        "trainer.max_epochs=2",
        f"hardware.num_workers={chosen.workers}",
        "logger.progress=none",
    ]


def compose_config(chosen: argparse.Namespace) -> Config:
    """Return the config of the run that is measured."""
    prepare()
    with initialize_config_dir(str(conf_dir())):
        return cast(Config, OmegaConf.to_object(compose("config", words(chosen))))


def assembled(config: Config, folder: Path) -> Assembly:
    """Return a run that is ready for its first step."""
    stages = assemble(config, folder, known=RunNotes(), sizes=Sizes(), pruner=None)
    while True:
        try:
            next(stages)
        except StopIteration as end:
            return cast(Assembly, end.value)


def prepared(config: Config, folder: Path, images: int) -> Assembly:
    """Prepare a run that trains on, and validates, so many images per epoch."""
    run = assembled(config, folder)
    batches = images // config.trainer.batch_size
    run.trainer.limit_train_batches = batches
    run.trainer.limit_val_batches = batches
    return run


def ceiling(run: Assembly, images: int) -> tuple[Cost, Cost]:
    """Return the cost of the bare loop, in training and in evaluation, on one batch that lies on the device."""
    module, device = run.module, torch.device(run.devices.kind)
    batch: TrainBatch = next(iter(run.loaders.train))
    model = cast(SegmentationModel, module.model).to(device)
    net = copy.deepcopy(model.net).train()
    image = ((batch.image.to(device).float() - model.mean) / model.std).contiguous(memory_format=torch.channels_last)
    truth, optimizer = batch.truth.to(device), module.optimization.optimizer(net)
    in_precision = run.trainer.precision_plugin.forward_context

    def step() -> None:
        with in_precision():
            logits = net(image)
        module.loss(logits, truth).backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    train, val, steps = Cost(), Cost(), images // len(image)
    for _ in range(2):
        step()
    with train.of(steps * len(image)):
        for _ in range(steps):
            step()
    net.eval()
    with torch.inference_mode(), in_precision():
        net(image)
        with val.of(steps * len(image)):
            for _ in range(steps):
                net(image)
    return train, val


def metric_shares(chosen: argparse.Namespace) -> dict[str, float]:
    """Return the CPU cost of metrics, decision included, as a fraction of the evaluation's forward pass."""
    labels = tuple(str(number) for number in range(29))
    cases = {"11 classes": Task("multiclass", labels[:11]), "29 labels": Task("multilabel", labels)}
    return {f"metrics over forward, {name}": _metric_share(chosen, task) for name, task in cases.items()}


def _metric_share(chosen: argparse.Namespace, task: Task) -> float:
    net = smp.create_model(chosen.model, encoder_name=chosen.encoder, encoder_weights=None, classes=task.num_outputs)
    net = net.eval().to(memory_format=torch.channels_last)
    image = torch.rand(chosen.batch, 3, chosen.height, chosen.width).contiguous(memory_format=torch.channels_last)
    shape = image.shape[:1] + ((task.num_outputs,) if task.kind == "multilabel" else ()) + image.shape[2:]
    truth = torch.randint(0, 2 if task.kind == "multilabel" else task.num_outputs, shape, dtype=torch.uint8)
    evaluator, indices, forward, metrics = Evaluator(task), torch.arange(chosen.batch), Cost(), Cost()
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        logits = net(image)
        for _ in range(6):
            with forward.of(chosen.batch):
                logits = net(image)
            with metrics.of(chosen.batch):
                evaluator.update(logits, truth, indices)
    return metrics.cpu_s / forward.cpu_s


class Tiny(nn.Module):
    """A network that costs nothing, so that what is around it shows."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Conv2d(3, 4, 1)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Return logits."""
        return cast(torch.Tensor, self.encoder(image.float()))


class Repeated(Dataset[TrainBatch]):
    """The same batch again and again."""

    def __init__(self, batch: TrainBatch, num: int) -> None:
        self.batch, self.num = batch, num

    def __len__(self) -> int:
        return self.num

    def __getitem__(self, index: int) -> TrainBatch:
        return self.batch


def _as_it_is(batch: Any) -> Any:
    return batch


def overhead_ms(steps: int) -> float:
    """Return what a step of segsweep costs over a step of a bare loop, in wall milliseconds, with a tiny network."""
    prepare()
    with initialize_config_dir(str(conf_dir())):
        quiet = ["hardware.accelerator=cpu", "trainer.max_epochs=2", "trainer.precision=32", "logger.progress=none"]
        config = cast(Config, OmegaConf.to_object(compose("config", quiet)))
    batch = TrainBatch(torch.zeros(1, 3, 8, 8, dtype=torch.uint8), torch.zeros(1, 8, 8, dtype=torch.uint8))
    with tempfile.TemporaryDirectory() as folder:
        run = assembled(config, Path(folder))
        run.module.model = Tiny()
        clock, bare = Clock(), Cost()
        run.trainer.callbacks.append(clock)  # type: ignore[attr-defined]
        run.trainer.limit_val_batches = 0
        run.trainer.fit(run.module, DataLoader(Repeated(batch, steps), batch_size=None, collate_fn=_as_it_is))
        net = Tiny()
        optimizer = run.module.optimization.optimizer(net)
        with bare.of(steps):
            for _ in range(steps):
                run.module.loss(net(batch.image), batch.truth).backward()
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
    return 1000 * (clock.train[1].wall_s - bare.wall_s) / steps


def seconds_to_first_step(chosen: argparse.Namespace) -> float:
    """Return the seconds from the start of the command to its first step, on files that were checked before."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "segsweep.train",
            *words(chosen),
            f"paths.runs={folder}",
            "trainer.max_epochs=1",
        ]
        subprocess.run(command, check=True, capture_output=True)
        (record,) = Path(folder).glob("*/record.json")
        found = re.search(r'"seconds_to_first_step": ([\d.]+)', record.read_text(encoding="utf-8"))
    assert found is not None
    return float(found[1])
