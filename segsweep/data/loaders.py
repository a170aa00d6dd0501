"""Loaders of batches, and the processes that load images."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import torch
from torch.utils.data import DataLoader, Dataset

from segsweep.core.processes import num_cores
from segsweep.core.signals import ignore_warnings
from segsweep.data.augmentation.pipeline import EvalTransform, TrainPipeline, resize_truth
from segsweep.data.augmentation.spec import AugmentationConfig
from segsweep.data.augmentation.transforms import build_transforms
from segsweep.data.base import Data, Split
from segsweep.data.batches import eval_batch, train_batch
from segsweep.data.sampler import EpochBatchSampler, EvalBatchSampler
from segsweep.data.spec import ResolutionConfig

_MOST_WORKERS = 8


@dataclass(frozen=True)
class Workers:
    """The processes that load the images of one device."""

    num: int = 0
    """Processes; 0 loads in this one. The batches are the same."""
    rank: int = 0
    """Number of the device."""
    world_size: int = 1
    """Number of devices."""
    pin_memory: bool = False
    """Put batches into page-locked memory, for CUDA."""

    def options(self) -> dict[str, Any]:
        """Return what a loader of torch is told of them."""
        return {
            "num_workers": self.num,
            "pin_memory": self.pin_memory,
            "persistent_workers": self.num > 0,
            "worker_init_fn": start_worker if self.num else None,
        }


ALONE = Workers()


class _TrainSet(Dataset[tuple[Any, Any]]):
    def __init__(self, split: Split, pipeline: TrainPipeline, seed: int) -> None:
        self.split, self.pipeline, self.seed = split, pipeline, seed

    def __len__(self) -> int:
        return len(self.split)

    def __getitem__(self, key: tuple[int, int]) -> tuple[Any, Any]:
        epoch, index = key
        return self.pipeline(*self.split.load(index), seed=(self.seed, epoch, index))


class _EvalSet(Dataset[tuple[Any, Any, int, tuple[int, int]]]):
    def __init__(self, split: Split, transform: EvalTransform, *, at_input: bool) -> None:
        self.split, self.transform, self.at_input = split, transform, at_input

    def __len__(self) -> int:
        return len(self.split)

    def __getitem__(self, index: int) -> tuple[Any, Any, int, tuple[int, int]]:
        image, truth = self.split.load(index)
        padded, content_px = self.transform(image)
        return padded, resize_truth(truth, content_px) if self.at_input else truth, index, content_px


class _LateLoader(DataLoader[Any]):
    """Starts an epoch at the first `next`, not at `iter`.

    Lightning calls `iter` before `set_epoch` when it resumes; workers would already fetch batches of epoch 0.
    """

    def __iter__(self) -> Any:
        return self._late()

    def _late(self) -> Iterator[Any]:
        yield from super().__iter__()


def train_loader(
    data: Data,
    *,
    resolution: ResolutionConfig,
    augmentation: AugmentationConfig,
    batch_size: int,
    seed: int,
    micro_batch_size: int | None = None,
    workers: Workers = ALONE,
) -> DataLoader[Any]:
    """Return shuffled, augmented `TrainBatch`es; its batch sampler takes `set_epoch`.

    Args:
        data: The data set.
        resolution: Size of the batches and interpolation.
        augmentation: Transforms after resizing.
        batch_size: Images per batch over all devices together; those that fill no batch are left out of the epoch.
        seed: Decides order and augmentation, together with the epoch.
        micro_batch_size: Images at a time over all devices together, an equal part of the batch; None: all of it.
        workers: What loads the images of this device.
    """
    split = data.splits["train"]
    pipeline = TrainPipeline(build_transforms(augmentation), resolution)
    sampler = EpochBatchSampler(
        len(split),
        batch_size,
        seed=seed,
        micro_batch_size=micro_batch_size,
        rank=workers.rank,
        world_size=workers.world_size,
    )
    dataset = _TrainSet(split, pipeline, seed)
    return _LateLoader(dataset, batch_sampler=sampler, collate_fn=train_batch, **workers.options())


def eval_loader(
    data: Data,
    split: str,
    *,
    resolution: ResolutionConfig,
    batch_size: int,
    size_multiple: int,
    workers: Workers = ALONE,
) -> DataLoader[Any]:
    """Return `EvalBatch`es with every image of a split once over all devices, in a fixed order.

    Args:
        data: The data set.
        split: train, val or test.
        resolution: Its `eval_size` is what the network sees, `count_at` the size of the truths.
        batch_size: Images per batch over all devices together.
        size_multiple: Height and width that the network takes are multiples of it; eval_size=native is padded to them.
        workers: What loads the images of this device.
    """
    chosen = data.splits[split]
    transform = EvalTransform.of(resolution, size_multiple)
    sizes = [transform.size.fixed_px or chosen.size_px(index) for index in range(len(chosen))]
    sampler = EvalBatchSampler(sizes, batch_size, rank=workers.rank, world_size=workers.world_size)
    dataset = _EvalSet(chosen, transform, at_input=resolution.count_at == "input")
    return DataLoader(dataset, batch_sampler=sampler, collate_fn=eval_batch, **workers.options())


def start_worker(worker_id: int) -> None:  # noqa: ARG001
    """Keep a worker to one thread, and leave SLURM's warnings to the process that trains."""
    cv2.setNumThreads(0)
    torch.set_num_threads(1)
    ignore_warnings()


def resolve_num_workers(setting: int | str, *, on_cuda: bool, world_size: int = 1) -> int:
    """Return the number of worker processes per device.

    On the CPU auto is 0: training 15 batches of 8 CamVid images at 160x240 on 2 cores took 4.4 s without, 6.1 s with
    one and 5.4 s with two workers, which take the cores from the training itself.

    Args:
        setting: `hardware.num_workers`: a number, or auto.
        on_cuda: Whether the device is not the CPU that the workers run on.
        world_size: Devices on this machine that share its cores.
    """
    if setting != "auto":
        return int(setting)
    return min(num_cores() // world_size, _MOST_WORKERS) if on_cuda else 0
