"""How a run computes its batches, and what it does when memory runs out: the same batches in smaller parts."""

import gc
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import torch

from segsweep.core.files import write_json
from segsweep.models.sizes import smaller_part
from segsweep.runs.folder import MEMORY_FILE
from segsweep.schema import HardwareConfig, TrainerConfig

Stage = Literal["training", "validation", "test"]

SIGNS = (
    "DefaultCPUAllocator:",  # can't allocate memory (Linux), not enough memory (Windows, macOS)
    "std::bad_alloc",
    "could not create a memory object",  # oneDNN
    "could not execute a primitive",
    "CUDA error: out of memory",  # from the driver rather than torch's allocator
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_ALLOC_FAILED",
    "Insufficient memory",  # OpenCV
)
"""Texts of errors that have no type of their own, in torch 2.14 and OpenCV 5."""

WHOLE_TEXT = "could not create a primitive"
"""oneDNN without memory; "... a primitive descriptor ..." means that it does not know how."""


def is_out_of_memory(error: Exception) -> bool:
    """Tell whether an error says that memory has run out, of the device or of this machine."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    text = str(error).strip()
    return text == WHOLE_TEXT or any(sign in text for sign in SIGNS)


def free_memory() -> None:
    """Give back what nobody holds any more; the peak is measured anew."""
    gc.collect()
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


@dataclass(frozen=True)
class Batches:
    """How many images are computed at a time, over all devices together."""

    batch_size: int
    micro_batch_size: int
    """Images per forward pass in training; a batch is so many equal parts."""
    accumulate_batches: int
    """Forward passes per step of the optimizer."""
    eval_batch_size: int


@dataclass(frozen=True)
class OutOfMemory:
    """Where and with which batches memory ran out."""

    stage: Stage
    epoch: int
    """From 1."""
    batches: Batches
    cause: str
    """First line of the error."""

    @property
    def images(self) -> int:
        """Images that were computed at a time."""
        return self.batches.micro_batch_size if self.stage == "training" else self.batches.eval_batch_size

    def facts(self) -> dict[str, Any]:
        """Return what belongs in the record."""
        sizes = {key: getattr(self.batches, key) for key in ("micro_batch_size", "eval_batch_size")}
        return {"stage": self.stage, "epoch": self.epoch, **sizes, "cause": self.cause}


@dataclass(frozen=True)
class Sizes:
    """Batch sizes that a run has come down to; None is the value of the config.

    They are kept in the run's folder: when it goes on, it begins with them, and so do all its processes.
    """

    micro_batch_size: int | None = None
    eval_batch_size: int | None = None
    out_of_memory: tuple[Mapping[str, Any], ...] = ()

    def batches(self, trainer: TrainerConfig, hardware: HardwareConfig, *, num_train: int, num_devices: int) -> Batches:
        """Return how the batches that the config describes are computed."""
        whole = min(trainer.batch_size, num_train)
        micro = self.micro_batch_size or whole
        if whole % micro or micro % num_devices:  # the images or devices are others than they were
            micro = whole
        evaluation = hardware.eval_batch_size or trainer.batch_size
        accumulate = trainer.accumulate_batches * (whole // micro)
        return Batches(whole, micro, accumulate, min(evaluation, self.eval_batch_size or evaluation))

    def after(self, event: OutOfMemory, *, least: int, num_devices: int) -> "Sizes | None":
        """Return smaller sizes; None where there are none.

        Args:
            event: Where memory ran out.
            least: Images over all devices that the network trains on at a time at least.
            num_devices: Devices that share a batch.
        """
        now, events = event.batches, (*self.out_of_memory, event.facts())
        if event.stage == "training":
            part = smaller_part(now.batch_size, now.micro_batch_size, least=least, multiple=num_devices)
            return replace(self, micro_batch_size=part, out_of_memory=events) if part else None
        half = now.eval_batch_size // num_devices // 2 * num_devices
        return replace(self, eval_batch_size=half, out_of_memory=events) if half else None

    def write(self, folder: Path) -> None:
        """Keep them in the run's folder."""
        write_json(folder / MEMORY_FILE, asdict(self))


def read_sizes(folder: Path) -> Sizes:
    """Return the sizes that a run has come down to."""
    try:
        content = json.loads((folder / MEMORY_FILE).read_text(encoding="utf-8"))
        return Sizes(**content | {"out_of_memory": tuple(content.get("out_of_memory", ()))})
    except (FileNotFoundError, json.JSONDecodeError, TypeError):
        return Sizes()


def forget_sizes(folder: Path) -> None:
    """Let the next attempt begin with the sizes of the config: the machine may have more memory by then."""
    (folder / MEMORY_FILE).unlink(missing_ok=True)


def note_on_micro_batches(batches: Batches) -> str | None:
    """Say what differs from computing the whole batch at once; None where it is."""
    if batches.micro_batch_size == batches.batch_size:
        return None
    return (
        f"Batches of {batches.batch_size} images were computed {batches.micro_batch_size} at a time: the statistics of "
        f"batch norm, and losses such as Dice, are over {batches.micro_batch_size} images."
    )
