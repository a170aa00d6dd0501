"""The loaders of a run, from its config."""

from dataclasses import dataclass
from typing import Any

from torch.utils.data import DataLoader

from segsweep.data.base import Data
from segsweep.data.loaders import eval_loader, resolve_num_workers, train_loader
from segsweep.models.sizes import size_multiple
from segsweep.schema import Config
from segsweep.training.devices import Devices
from segsweep.training.memory import Batches


@dataclass(frozen=True)
class Loaders:
    """Training, validation and test; without a test split the validation images are tested, and the record says so."""

    train: DataLoader[Any]
    val: DataLoader[Any]
    test: DataLoader[Any]
    tested_split: str


def open_loaders(config: Config, data: Data, devices: Devices, batches: Batches, *, rank: int) -> Loaders:
    """Open the loaders of one rank."""
    on_cuda = devices.kind == "cuda"
    shared: dict[str, Any] = {
        "resolution": config.resolution,
        "num_workers": resolve_num_workers(config.hardware.num_workers, on_cuda=on_cuda, world_size=devices.num),
        "rank": rank,
        "world_size": devices.num,
        "pin_memory": on_cuda,
    }
    evaluated: dict[str, Any] = {
        "batch_size": batches.eval_batch_size,
        "size_multiple": size_multiple(config),
    }
    tested_split = "test" if "test" in data.splits else "val"
    return Loaders(
        train=train_loader(
            data,
            augmentation=config.augmentation,
            batch_size=batches.batch_size,
            micro_batch_size=batches.micro_batch_size,
            seed=config.seed,
            **shared,
        ),
        val=eval_loader(data, "val", **evaluated, **shared),
        test=eval_loader(data, tested_split, **evaluated, **shared),
        tested_split=tested_split,
    )
