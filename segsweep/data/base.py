"""What a reader hands over: splits of images and truths, and what is known about them."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import UInt8

from segsweep.core.task import Task


@runtime_checkable
class Split(Protocol):
    """Images and truths of one split, in a fixed order."""

    def __len__(self) -> int:
        """Return the number of images."""
        ...

    def name(self, index: int) -> str:
        """Return the name of an image: its path below images/ without the ending."""
        ...

    def size_px(self, index: int) -> tuple[int, int]:
        """Return height and width of an image as stored."""
        ...

    def load(self, index: int) -> tuple[UInt8[np.ndarray, "h w c"], UInt8[np.ndarray, "h w *k"]]:
        """Read an image and its truth, [h w] or for multilabel [h w k]; `IGNORE` marks unlabelled pixels."""
        ...


@dataclass(frozen=True)
class Data:
    """A checked data set."""

    name: str
    task: Task
    channels: int
    """Channels of every image that `Split.load` returns."""
    splits: dict[str, Split]
    """train, val and, if there is one, test."""
    fingerprint: str
    """Changes when a name, a mask or the size of an image file changes; not with the folder's place."""
    class_pixels: tuple[int, ...]
    """Training pixels of each class in the order of `task.class_names`; multilabel: positive pixels."""
    labelled_pixels: int
    """Training pixels that are not ignored; multilabel: on average over the classes."""
    notes: tuple[str, ...]
    """Sentences on what was inferred rather than told."""

    @property
    def counts(self) -> dict[str, int]:
        """Images of each split."""
        return {name: len(split) for name, split in self.splits.items()}
