"""What a reader hands over: splits of images and truths, and what is known about them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import UInt8

from segsweep.core.task import Task


class Split(ABC):
    """Images and truths of one split, in a fixed order; a reader makes a subclass."""

    @abstractmethod
    def __len__(self) -> int:
        """Return the number of images."""

    @abstractmethod
    def name(self, index: int) -> str:
        """Return the name of an image: its path below images/ without the ending."""

    @abstractmethod
    def load_image(self, index: int) -> UInt8[np.ndarray, "h w c"]:
        """Read an image; no truth is needed for it."""

    @abstractmethod
    def load_truth(self, index: int) -> UInt8[np.ndarray, "h w *k"]:
        """Read a truth, [h w] or for multilabel [h w k]; `IGNORE` marks unlabelled pixels."""

    def load(self, index: int) -> tuple[UInt8[np.ndarray, "h w c"], UInt8[np.ndarray, "h w *k"]]:
        """Read an image and its truth."""
        return self.load_image(index), self.load_truth(index)

    def size_px(self, index: int) -> tuple[int, int]:
        """Return height and width of an image as stored; a reader that knows them without reading says so quicker."""
        height, width, _ = self.load_image(index).shape
        return height, width


@dataclass(frozen=True)
class Shared:
    """What two splits have in common, by their names, such as {"train-test": 3}."""

    images: Mapping[str, int] = field(default_factory=dict)
    """Images of the later split that are in the earlier one too."""
    groups: Mapping[str, int] = field(default_factory=dict)
    """Groups with images in both."""
    warnings: tuple[str, ...] = ()
    """A sentence on each."""


@dataclass(frozen=True)
class Data:
    """A checked data set."""

    name: str
    task: Task
    channels: int
    """Channels of every image that a split loads."""
    splits: dict[str, Split]
    """train, val and, if there is one, test."""
    fingerprint: str
    """Changes when a name, a mask or the size of an image file changes; not with the folder's place."""
    class_pixels: tuple[int, ...]
    """Training pixels of each class in the order of `task.class_names`; multilabel: positive pixels."""
    labelled_pixels: int
    """Training pixels that are not ignored; multilabel: on average over the classes."""
    notes: tuple[str, ...]
    """Sentences on what was inferred rather than set."""
    bit_depth: int | None = None
    """Bits of images of more than 8 whose range becomes 0 to 255; None: as the settings say, or all of the type."""
    digests: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Hash of each image's file, by split; without them no image is looked for in two splits."""
    shared: Shared = Shared()
    """What two splits have in common."""

    @property
    def counts(self) -> dict[str, int]:
        """Images of each split."""
        return {name: len(split) for name, split in self.splits.items()}
