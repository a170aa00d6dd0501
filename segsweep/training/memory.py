"""What a run does when memory runs out: it goes on with the same batches in smaller parts."""

import gc
import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import torch

from segsweep.core.errors import TrainingError
from segsweep.core.files import write_json
from segsweep.models.sizes import least_batch, smaller_part
from segsweep.runs.folder import MEMORY_FILE
from segsweep.schema import Config
from segsweep.training.errors import out_of_memory

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
class Shortage:
    """Memory ran out."""

    stage: Stage
    epoch: int
    """From 1."""
    batches: Batches
    cause: str
    """What was said, in a line."""

    def facts(self) -> dict[str, Any]:
        """Return what belongs in the record."""
        sizes = {key: getattr(self.batches, key) for key in ("micro_batch_size", "eval_batch_size")}
        return {"stage": self.stage, "epoch": self.epoch, **sizes, "cause": self.cause}


@dataclass(frozen=True)
class Sizes:
    """What a run has come to; kept in its folder, so that it begins there when it goes on, and so do all its processes.

    None is what the config asks for.
    """

    micro_batch_size: int | None = None
    eval_batch_size: int | None = None
    out_of_memory: list[dict[str, Any]] = field(default_factory=list)

    def batches(self, config: Config, *, num_train: int, num_devices: int) -> Batches:
        """Return how the batches that the config asks for are computed."""
        whole = min(config.trainer.batch_size, num_train)
        micro = self.micro_batch_size or whole
        if whole % micro or micro % num_devices:  # the images or devices are others than they were
            micro = whole
        evaluation = config.hardware.eval_batch_size or config.trainer.batch_size
        accumulate = config.trainer.accumulate_batches * (whole // micro)
        return Batches(whole, micro, accumulate, min(evaluation, self.eval_batch_size or evaluation))

    def after(self, shortage: Shortage, config: Config, *, num_devices: int) -> "Sizes":
        """Return smaller sizes.

        Raises:
            TrainingError: If there are none.
        """
        now = shortage.batches
        key = "micro_batch_size" if shortage.stage == "training" else "eval_batch_size"
        if shortage.stage == "training":
            least = least_batch(config, num_devices)
            smaller = smaller_part(now.batch_size, now.micro_batch_size, least=least, multiple=num_devices)
        else:
            smaller = now.eval_batch_size // num_devices // 2 * num_devices or None
        if smaller is None:
            raise _does_not_fit(shortage, getattr(now, key), config)
        return replace(self, **{key: smaller}, out_of_memory=[*self.out_of_memory, shortage.facts()])

    def write(self, folder: Path) -> None:
        """Keep them in the run's folder."""
        write_json(folder / MEMORY_FILE, asdict(self))


def read_sizes(folder: Path) -> Sizes:
    """Return the sizes that a run has come to."""
    try:
        return Sizes(**json.loads((folder / MEMORY_FILE).read_text(encoding="utf-8")))
    except (FileNotFoundError, json.JSONDecodeError, TypeError):
        return Sizes()


def forget_sizes(folder: Path) -> None:
    """Let the next attempt begin with what the config asks for: the machine may have more memory by then."""
    (folder / MEMORY_FILE).unlink(missing_ok=True)


def first_line(error: BaseException) -> str:
    """Return what an error says, short enough for a record."""
    text = str(error).strip().splitlines()
    return (text[0] if text else type(error).__name__)[:200]


def note_on_micro_batches(batches: Batches) -> str | None:
    """Say what differs from computing the whole batch at once; None where it is."""
    if batches.micro_batch_size == batches.batch_size:
        return None
    return (
        f"Batches of {batches.batch_size} images were computed {batches.micro_batch_size} at a time: the statistics of "
        f"batch norm, and losses such as Dice, are over {batches.micro_batch_size} images."
    )


def _does_not_fit(shortage: Shortage, images: int, config: Config) -> TrainingError:
    resolution = config.resolution
    advice = ["a smaller resolution=HEIGHTxWIDTH", "a smaller encoder=NAME"]
    if shortage.stage != "training" and resolution.eval_size != "same":
        advice.insert(0, "resolution.eval_size=same")
    if config.trainer.precision == "32":
        advice.append("trainer.precision=auto")
    size = f"{resolution.height}x{resolution.width}"
    if shortage.stage != "training" and resolution.eval_size != "same":
        size = f"size {resolution.eval_size}"
    return out_of_memory(shortage.stage, images, size, pair_of(config), shortage.cause, ", ".join(advice))


def pair_of(config: Config) -> str:
    """Name the network as the command line does."""
    return f"model={config.model.arch} encoder={config.encoder.name}"
