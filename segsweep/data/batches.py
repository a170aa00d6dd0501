"""Batches for training, evaluation and prediction: uint8 tensors in channels_last memory."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import UInt8
from torch import Tensor
from torch.utils.data import default_collate

from segsweep.data.augmentation.pipeline import EvalTransform


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


class ImageBatch(NamedTuple):
    """Images without truths at the network's input size."""

    image: Tensor
    """uint8 [n c h w], 0..255, in channels_last memory."""
    content_px: SizePx
    """The part of the input, from the top left, that is image; the rest is padding."""
    stored_px: list[SizePx]
    """Size of each image as stored, which its prediction goes back to."""


def image_batch(images: Sequence[UInt8[np.ndarray, "_ _ c"]], transform: EvalTransform) -> ImageBatch:
    """Return bare images as a batch, treated as those of an evaluation.

    Args:
        images: As `read_image` returns them; with eval_size=native all of one size.
        transform: What brings them to the network's size.
    Raises:
        ValueError: If they do not come to the same size.
    """
    inputs, contents = zip(*(transform(image) for image in images), strict=True)
    if len(set(contents)) > 1:
        raise ValueError(f"images of different sizes cannot share a batch: {sorted(set(contents))}")
    stored_px = [SizePx(image.shape[0], image.shape[1]) for image in images]
    return ImageBatch(_images(list(inputs)), SizePx(*contents[0]), stored_px)


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


def train_batch(samples: list[tuple[Any, Any]]) -> TrainBatch:
    """Collate what a training set gives."""
    images, truths = zip(*samples, strict=True)
    return TrainBatch(_images(list(images)), default_collate([_truth(truth) for truth in truths]))


def eval_batch(samples: list[tuple[Any, Any, int, tuple[int, int]]]) -> EvalBatch:
    """Collate what an evaluation set gives."""
    images, truths, indices, contents = zip(*samples, strict=True)
    return EvalBatch(
        image=_images(list(images)),
        truth=[_truth(truth) for truth in truths],
        indices=torch.tensor(indices),
        content_px=SizePx(*contents[0]),
    )
