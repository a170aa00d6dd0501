"""Opens a data set with the reader of its settings, and helps a reader to describe what it found."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from segsweep.core.registry import build
from segsweep.core.task import Task
from segsweep.data import errors
from segsweep.data.base import Data, Split
from segsweep.data.counts import absent_classes, count_pixels
from segsweep.data.listing import SPLITS
from segsweep.data.spec import READERS, DataConfig
from segsweep.data.splits.folds import Stored, fold_fingerprint, place
from segsweep.data.splits.groups import check_groups
from segsweep.data.splits.shared import shared_between


def open_data(data: DataConfig, *, cache_dir: Path) -> Data:
    """Find, check and describe the data set.

    Args:
        data: The `data` group of the config, which `check_data` has checked.
        cache_dir: Where the verdict on unchanged files is kept.
    Raises:
        DataError: With everything that is wrong with the files.
        ConfigError: If the settings do not go with the files, or `data.group` matches no image.
    """
    opened = build(READERS[data.reader].open, data, cache_dir)
    if not isinstance(opened, Data):
        raise errors.not_data(data.reader, opened)
    note = check_groups(opened, data)
    return replace(opened, notes=(*opened.notes, *([note] if note else [])), shared=shared_between(opened, data))


def describe(
    config: DataConfig,
    task: Task,
    splits: Mapping[str, Split],
    *,
    fingerprint: str,
    notes: Sequence[str] = (),
    fold_key: Callable[[str, str], str] | None = None,
) -> Data:
    """Describe the splits that a reader found: dealt into folds where that is wanted, and counted.

    Args:
        config: The settings of the data.
        task: Kind of task and classes.
        splits: train, val and, if there is one, test, as they lie.
        fingerprint: Hash of the files, or of what makes the images; a fold is added to it.
        notes: Sentences on what was inferred.
        fold_key: What an image is dealt by, of its split and name; its name unless given.
    Raises:
        LabelError: If a truth holds a value that is no class.
        ConfigError: If there are fewer groups of images than folds.
    """
    if config.fold is not None:
        fingerprint = fold_fingerprint(fingerprint, config)
        splits = _dealt(config, splits, fold_key)
    counts = {name: count_pixels(split, task) for name, split in splits.items()}
    return Data(
        name=config.name,
        task=task,
        channels=config.channels,
        splits=dict(splits),
        fingerprint=fingerprint,
        class_pixels=counts["train"].per_class,
        labelled_pixels=counts["train"].labelled,
        notes=(*notes, *absent_classes(task, counts)),
    )


@dataclass(frozen=True)
class _Chosen(Split):
    """Images of several splits as one."""

    images: tuple[Stored[tuple[Split, int]], ...]

    def __len__(self) -> int:
        return len(self.images)

    def name(self, index: int) -> str:
        return self.images[index].name

    def size_px(self, index: int) -> tuple[int, int]:
        split, place_there = self.images[index].image
        return split.size_px(place_there)

    def load_image(self, index: int) -> UInt8[np.ndarray, "h w c"]:
        split, place_there = self.images[index].image
        return split.load_image(place_there)

    def load_truth(self, index: int) -> UInt8[np.ndarray, "h w *k"]:
        split, place_there = self.images[index].image
        return split.load_truth(place_there)

    def load(self, index: int) -> tuple[UInt8[np.ndarray, "h w c"], UInt8[np.ndarray, "h w *k"]]:
        split, place_there = self.images[index].image
        return split.load(place_there)


def _dealt(
    config: DataConfig, splits: Mapping[str, Split], fold_key: Callable[[str, str], str] | None
) -> dict[str, Split]:
    stored = [
        Stored(name, split.name(index), (split, index)) for name, split in splits.items() for index in range(len(split))
    ]
    key = None if fold_key is None else lambda image: fold_key(image.split, image.name)
    placed = place(stored, config, key=key)
    found = {name: tuple(image for image in placed if image.split == name) for name in SPLITS}
    return {name: _Chosen(images) for name, images in found.items() if images}
