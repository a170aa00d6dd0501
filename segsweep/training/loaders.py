"""The loaders of a run: training, validation and test."""

from dataclasses import dataclass
from typing import Any

from torch.utils.data import DataLoader

from segsweep.core.processes import rank
from segsweep.data.augmentation.spec import AugmentationConfig
from segsweep.data.base import Data
from segsweep.data.loaders import Workers, eval_loader, resolve_num_workers, train_loader
from segsweep.data.spec import ResolutionConfig
from segsweep.training.machine.devices import Devices
from segsweep.training.machine.memory import Batches


@dataclass(frozen=True)
class Loaders:
    """Training, validation and test; without a test split the validation images are tested, and the record says so."""

    train: DataLoader[Any]
    val: DataLoader[Any]
    test: DataLoader[Any]
    tested_split: str


def open_loaders(
    data: Data,
    resolution: ResolutionConfig,
    augmentation: AugmentationConfig,
    *,
    batches: Batches,
    devices: Devices,
    num_workers: int | str,
    size_multiple: int,
    seed: int,
) -> Loaders:
    """Open the loaders of this process.

    Args:
        data: The data set.
        resolution: Sizes in training and evaluation.
        augmentation: Transforms of the training images.
        batches: How many images are computed at a time.
        devices: Devices that share a batch.
        num_workers: `hardware.num_workers`.
        size_multiple: Height and width that the network takes are multiples of it.
        seed: Decides order and augmentation.
    """
    on_cuda = devices.kind == "cuda"
    num = resolve_num_workers(num_workers, on_cuda=on_cuda, world_size=devices.num)
    shared: dict[str, Any] = {"resolution": resolution, "workers": Workers(num, rank(), devices.num, on_cuda)}
    evaluated: dict[str, Any] = {"batch_size": batches.eval_batch_size, "size_multiple": size_multiple, **shared}
    tested_split = "test" if "test" in data.splits else "val"
    return Loaders(
        train=train_loader(
            data,
            augmentation=augmentation,
            batch_size=batches.batch_size,
            micro_batch_size=batches.micro_batch_size,
            seed=seed,
            **shared,
        ),
        val=eval_loader(data, "val", **evaluated),
        test=eval_loader(data, tested_split, **evaluated),
        tested_split=tested_split,
    )
