"""How fast the networks of finished runs are while nothing else runs: measured anew, one after the other, in turn."""

import json
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import torch
from torch import Tensor

from segsweep.core.errors import ConfigError
from segsweep.core.processes import num_cores
from segsweep.core.text import text_table
from segsweep.data.batches import ImageBatch, SizePx
from segsweep.inference.load import TrainedRun, autocast, load_run
from segsweep.losses.build import build_loss
from segsweep.optim.optimizers import build_optimizer

_WARM_UP = 2
"""Rounds that are not counted: kernels are chosen, memory is taken."""
_BUSY = 0.5
"""Load per core from which on times are said to be too long."""


class _Bench:
    """A run's network, its optimizer, and a batch of noise of the run's own batch size and resolution."""

    def __init__(self, trained: TrainedRun) -> None:
        self.name = trained.folder.name
        self.image_px = SizePx(trained.config.resolution.height, trained.config.resolution.width)
        shares = trained.record.environment.num_devices or 1
        self.batch_size = (trained.record.training.micro_batch_size or trained.config.trainer.batch_size) // shares or 1
        self.ms: dict[str, list[float]] = {"forward": [], "step": []}
        self._trained = trained
        weights = trained.record.training.class_weights
        self._loss = build_loss(trained.config.loss, trained.task, class_weights=weights).to(trained.device)
        self._optimizer = build_optimizer(
            trained.model, trained.config.optimizer, device_type=trained.device.type, fused=True
        )
        noise, size = torch.Generator().manual_seed(0), tuple(self.image_px)
        channels, num_classes = trained.model.mean.shape[1], len(trained.task.class_names)
        layers = (num_classes,) if trained.task.kind == "multilabel" else ()
        highest = 2 if trained.task.kind == "multilabel" else num_classes
        shape = (self.batch_size, channels, *size)
        image = torch.randint(256, shape, generator=noise, dtype=torch.uint8).to(trained.device)
        layout = torch.channels_last if trained.config.hardware.channels_last else torch.contiguous_format
        self._image = image.contiguous(memory_format=layout)
        truth = torch.randint(highest, (self.batch_size, *layers, *size), generator=noise, dtype=torch.uint8)
        self._truth = truth.to(trained.device)

    def measure(self) -> None:
        """Time a forward pass of the evaluation and a step of the training, in ms per image."""
        self._trained.model.eval()
        self.ms["forward"].append(self._timed(self._forward))
        self._trained.model.train()
        self.ms["step"].append(self._timed(self._step))

    def _forward(self) -> None:
        self._trained.logits(ImageBatch(self._image, self.image_px, [self.image_px] * self.batch_size))

    def _step(self) -> None:
        with autocast(self._trained.record, self._trained.device):
            loss: Tensor = self._loss(self._trained.model(self._image), self._truth)
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()
        self._optimizer.zero_grad()

    def _timed(self, work: Callable[[], None]) -> float:
        is_cuda = self._trained.device.type == "cuda"
        if is_cuda:
            torch.cuda.synchronize()
        start = time.perf_counter()
        work()
        if is_cuda:
            torch.cuda.synchronize()
        return 1000 * (time.perf_counter() - start) / self.batch_size


def measure_speed(folders: Sequence[Path], *, device: str, repetitions: int, as_json: bool) -> str:
    """Measure runs in turn, so that what slows the machine for a while slows all of them, and return a table.

    Args:
        folders: Of complete runs; their networks are in memory together.
        device: cpu or cuda.
        repetitions: Of each measurement; the median counts, the fastest and the slowest are shown.
        as_json: Return JSON instead.
    Raises:
        RunError: If a run cannot be loaded.
        ConfigError: If there is no such device.
    """
    if device == "cuda" and not torch.cuda.is_available():
        raise ConfigError("--device cuda, but torch sees no CUDA device. Try --device cpu")
    busy = _busy()
    benches = [_Bench(load_run(folder, device=device)) for folder in folders]
    for number in range(_WARM_UP + repetitions):
        for bench in benches:
            bench.measure()
            if number < _WARM_UP:
                bench.ms = {what: [] for what in bench.ms}
    return _as_json(benches, busy) if as_json else _as_table(benches, device, busy)


def _busy() -> str | None:
    load = os.getloadavg()[0]
    if load < _BUSY * num_cores():
        return None
    return f"This machine is busy (load {load:.1f} on {num_cores()} cores): times are longer than they would be alone."


def _as_table(benches: Sequence[_Bench], device: str, busy: str | None) -> str:
    header = ("run", "batch", "size", "forward ms/image", "training ms/image")
    rows = [
        (
            bench.name,
            str(bench.batch_size),
            f"{bench.image_px.height}x{bench.image_px.width}",
            *(f"{median(ms):.2f} ({min(ms):.2f}-{max(ms):.2f})" for ms in bench.ms.values()),
        )
        for bench in benches
    ]
    threads = f", {torch.get_num_threads()} threads" if device == "cpu" else ""
    note = f"on {device}{threads}; medians of {len(benches[0].ms['step'])}, with the fastest and the slowest"
    return "\n".join([text_table([header, *rows]), note, *([busy] if busy else [])])


def _as_json(benches: Sequence[_Bench], busy: str | None) -> str:
    runs = [
        {
            "run": bench.name,
            "batch_size": bench.batch_size,
            "height": bench.image_px.height,
            "width": bench.image_px.width,
            **{
                f"{what}_ms_per_image": {"median": median(ms), "min": min(ms), "max": max(ms)}
                for what, ms in bench.ms.items()
            },
        }
        for bench in benches
    ]
    return json.dumps({"runs": runs, "busy": busy}, indent=1)
