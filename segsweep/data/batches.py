"""Batches for training and evaluation."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import UInt8
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, default_collate

from segsweep.data.augment import build_transforms
from segsweep.data.base import Data, Split
from segsweep.data.pipeline import TrainPipeline, pad_reflect, resize_image, resize_truth
from segsweep.data.sampler import EpochBatchSampler, EvalBatchSampler
from segsweep.data.sizes import EvalSize, eval_size_px
from segsweep.data.spec import AugmentationConfig, ResolutionConfig
from segsweep.data.workers import start_worker


class TrainBatch(NamedTuple):
    """Images and truths at the training size."""

    image: Tensor
    """uint8 [n c h w], 0..255, in channels_last memory."""
    truth: Tensor
    """uint8 [n h w], multilabel [n k h w]."""


class SizePx(NamedTuple):
    """Height and width, px."""

    height: int
    width: int


class EvalBatch(NamedTuple):
    """Images at the network's input size, truths where pixels are counted."""

    image: Tensor
    """uint8 [n c h w], 0..255, in channels_last memory."""
    truth: list[Tensor]
    """One uint8 [h w] per image, multilabel [k h w]; as stored or at the input size."""
    indices: Tensor
    """int64 [n], positions in the split."""
    content_px: SizePx
    """The part of the input, from the top left, that is image; the rest is padding."""


class _TrainSet(Dataset[tuple[Any, Any]]):
    def __init__(self, split: Split, pipeline: TrainPipeline, seed: int) -> None:
        self.split, self.pipeline, self.seed = split, pipeline, seed

    def __len__(self) -> int:
        return len(self.split)

    def __getitem__(self, key: tuple[int, int]) -> tuple[Any, Any]:
        epoch, index = key
        return self.pipeline(*self.split.load(index), seed=(self.seed, epoch, index))


class _EvalSet(Dataset[tuple[Any, Any, int, tuple[int, int]]]):
    def __init__(self, split: Split, size: EvalSize, interpolation: str, *, at_input: bool) -> None:
        self.split, self.size, self.interpolation, self.at_input = split, size, interpolation, at_input

    def __len__(self) -> int:
        return len(self.split)

    def __getitem__(self, index: int) -> tuple[Any, Any, int, tuple[int, int]]:
        image, truth = self.split.load(index)
        content_px = self.size.content_px((image.shape[0], image.shape[1]))
        resized = resize_image(image, content_px, self.interpolation)
        padded = pad_reflect(resized, self.size.padded_px(content_px))
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
    num_workers: int,
    micro_batch_size: int | None = None,
    rank: int = 0,
    world_size: int = 1,
    pin_memory: bool = False,
) -> DataLoader[Any]:
    """Return shuffled, augmented `TrainBatch`es; its batch sampler takes `set_epoch`.

    Args:
        data: The data set.
        resolution: Size of the batches and interpolation.
        augmentation: Transforms after resizing.
        batch_size: Images per batch over all devices together; those that fill no batch are left out of the epoch.
        seed: Decides order and augmentation, together with the epoch.
        num_workers: Processes; 0 loads in this one. The batches are the same.
        micro_batch_size: Images at a time over all devices together, an equal part of the batch; None: all of it.
        rank: Number of this device.
        world_size: Number of devices.
        pin_memory: Put batches into page-locked memory, for CUDA.
    """
    split = data.splits["train"]
    pipeline = TrainPipeline(build_transforms(augmentation), resolution)
    sampler = EpochBatchSampler(
        len(split), batch_size, seed=seed, micro_batch_size=micro_batch_size, rank=rank, world_size=world_size
    )
    dataset = _TrainSet(split, pipeline, seed)
    return _LateLoader(dataset, batch_sampler=sampler, collate_fn=_train_batch, **_options(num_workers, pin_memory))


def eval_loader(
    data: Data,
    split: str,
    *,
    resolution: ResolutionConfig,
    batch_size: int,
    num_workers: int,
    size_multiple: int,
    rank: int = 0,
    world_size: int = 1,
    pin_memory: bool = False,
) -> DataLoader[Any]:
    """Return `EvalBatch`es with every image of a split once over all devices, in a fixed order.

    Args:
        data: The data set.
        split: train, val or test.
        resolution: Its `eval_size` is what the network sees, `count_at` the size of the truths.
        batch_size: Images per batch over all devices together.
        num_workers: Processes; 0 loads in this one.
        size_multiple: Height and width that the network takes are multiples of it; eval_size=native is padded to them.
        rank: Number of this device.
        world_size: Number of devices.
        pin_memory: Put batches into page-locked memory, for CUDA.
    """
    chosen = data.splits[split]
    size = EvalSize(eval_size_px(resolution), size_multiple)
    sizes = [size.content_px(chosen.size_px(index)) for index in range(len(chosen))]
    sampler = EvalBatchSampler(sizes, batch_size, rank=rank, world_size=world_size)
    dataset = _EvalSet(chosen, size, resolution.interpolation, at_input=resolution.count_at == "input")
    return DataLoader(dataset, batch_sampler=sampler, collate_fn=_eval_batch, **_options(num_workers, pin_memory))


def _options(num_workers: int, pin_memory: bool) -> dict[str, Any]:
    return {
        "num_workers": num_workers,
        "pin_memory": pin_memory,
        "persistent_workers": num_workers > 0,
        "worker_init_fn": start_worker if num_workers else None,
    }


def _images(images: list[UInt8[np.ndarray, "h w c"]]) -> Tensor:
    """Stack [h w c] images to [n c h w] without moving a byte: that is channels_last memory."""
    stacked: Tensor = default_collate([_tensor(image) for image in images])
    return stacked.permute(0, 3, 1, 2)


def _tensor(pixels: UInt8[np.ndarray, "..."]) -> Tensor:
    # What Pillow decoded is read-only, and torch has no read-only tensors.
    return torch.from_numpy(pixels if pixels.flags.writeable else pixels.copy())


def _truth(truth: UInt8[np.ndarray, "h w *k"]) -> Tensor:
    channels_first = truth if truth.ndim == 2 else truth.transpose(2, 0, 1)
    return _tensor(np.ascontiguousarray(channels_first))


def _train_batch(samples: list[tuple[Any, Any]]) -> TrainBatch:
    images, truths = zip(*samples, strict=True)
    return TrainBatch(_images(list(images)), default_collate([_truth(truth) for truth in truths]))


def _eval_batch(samples: list[tuple[Any, Any, int, tuple[int, int]]]) -> EvalBatch:
    images, truths, indices, contents = zip(*samples, strict=True)
    return EvalBatch(
        image=_images(list(images)),
        truth=[_truth(truth) for truth in truths],
        indices=torch.tensor(indices),
        content_px=SizePx(*contents[0]),
    )
