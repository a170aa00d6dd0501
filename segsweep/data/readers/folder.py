"""Reads {train,val,test}/{images,masks}, paired by file name."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from segsweep.core.task import IGNORE, Task
from segsweep.data import errors as say
from segsweep.data.base import Data, Split
from segsweep.data.errors import Problem
from segsweep.data.folds import deal
from segsweep.data.images import decode_image, to_channels, to_uint8
from segsweep.data.label_errors import class_folders_differ
from segsweep.data.listing import SPLITS, FileEntry, data_root, hash_of, list_files
from segsweep.data.masks import TruthTable, decode_mask
from segsweep.data.readers.label_spec import Told, told
from segsweep.data.readers.labels import Labels, find_labels
from segsweep.data.readers.pairing import Pair, class_folders, has_class_folders, layout_problems, pair_files
from segsweep.data.readers.scan import PairFacts, scan
from segsweep.data.spec import DataConfig, FolderConfig

Checked = Sequence[tuple[Pair, PairFacts]]
"""Pairs, and what their files hold."""


@dataclass(frozen=True)
class FolderSplit:
    """Images and masks of one split, read from disk when asked for."""

    root: Path
    pairs: tuple[Pair, ...]
    sizes_px: tuple[tuple[int, int], ...]
    channels: int
    value_range: tuple[float, float] | None
    task: Task
    table: TruthTable

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.pairs)

    def name(self, index: int) -> str:
        """Return the image's path below images/ without the ending."""
        return self.pairs[index].stem

    def size_px(self, index: int) -> tuple[int, int]:
        """Return height and width of an image as stored."""
        return self.sizes_px[index]

    def load(self, index: int) -> tuple[UInt8[np.ndarray, "h w c"], UInt8[np.ndarray, "h w *k"]]:
        """Read an image and its truth."""
        pair = self.pairs[index]
        pixels = decode_image((self.root / pair.image).read_bytes())
        image = to_uint8(to_channels(pixels, self.channels), self.value_range)
        if self.task.kind != "multilabel":
            return image, self._mask(pair.masks[0][1])
        truth = np.zeros((*self.sizes_px[index], len(self.task.class_names)), dtype=np.uint8)
        for class_name, path in pair.masks:
            truth[..., self.task.class_names.index(class_name)] = self._mask(path)
        return image, truth

    def _mask(self, path: str) -> UInt8[np.ndarray, "h w"]:
        return self.table.truth(decode_mask((self.root / path).read_bytes()))


def open_folder(config: DataConfig, cache_dir: Path) -> Data:
    """Find, check and describe a folder data set.

    Raises:
        DataError: With everything that is wrong with the files.
    """
    assert isinstance(config, FolderConfig)
    root = data_root(config.root)
    value_range = _value_range(config)
    files = list_files(root)
    if problems := layout_problems(root, files):
        raise say.broken_data(config.name, problems)
    known, classes = _told(config, root, files)
    pairs, problems = pair_files(files, classes)
    checked, damaged = scan(root, pairs, files, cache_dir, config.name)
    found = _pooled(checked) if config.fold is not None else checked
    labels, wrong_labels = _labels(known, found)
    problems += [*damaged, *_image_problems(config, checked), *wrong_labels]
    if problems or labels is None:
        raise say.broken_data(config.name, problems)
    print_of_files = _fingerprint(checked, files)
    if config.fold is not None:
        print_of_files = hash_of([print_of_files, config.fold, config.num_folds])
        found = _dealt(found, config.fold, config.num_folds)
    return _describe(config, root, value_range, labels, found, print_of_files)


def _pooled(checked: Checked) -> Checked:
    """Make train and val one; an image's name tells where it lies, since both may hold one of the same name."""
    names = [(pair.split, f"{pair.split}/{pair.stem}") for pair, _ in checked]
    return [
        (
            replace(pair, split="test" if split == "test" else "train", stem=pair.stem if split == "test" else name),
            found,
        )
        for (pair, found), (split, name) in zip(checked, names, strict=True)
    ]


def _dealt(checked: Checked, fold: int, num_folds: int) -> Checked:
    """Give val the images of one fold, and train those of the others."""
    pool = [(pair, found) for pair, found in checked if pair.split == "train"]
    folds = deal([pair.stem.partition("/")[2] for pair, _ in pool], num_folds)
    dealt = [
        (replace(pair, split="val" if own == fold else "train"), found)
        for (pair, found), own in zip(pool, folds, strict=True)
    ]
    return [*dealt, *((pair, found) for pair, found in checked if pair.split == "test")]


def _value_range(config: FolderConfig) -> tuple[float, float] | None:
    if config.channels < 1:
        raise say.bad_setting("data.channels", config.channels, "1 (gray), 3 (RGB), or as many as the files hold")
    if config.value_range is None:
        return None
    if len(config.value_range) != 2 or not config.value_range[0] < config.value_range[1]:
        raise say.bad_value_range()
    return float(config.value_range[0]), float(config.value_range[1])


def _told(config: FolderConfig, root: Path, files: list[FileEntry]) -> tuple[Told, list[str] | None]:
    """Return what is told, and for a multilabel set its class folders."""
    known = told(config, root)
    if known.kind is None and has_class_folders(files):
        known = replace(known, kind="multilabel")
    if known.kind != "multilabel":
        return known, None
    folders = class_folders(root)
    names = known.class_names or tuple(folders)
    if not folders or not set(folders) <= set(names) or len(names) != (known.num_classes or len(names)):
        raise say.broken_data(config.name, [class_folders_differ(folders, names)])
    return replace(known, class_names=names), list(names)


def _labels(known: Told, checked: Checked) -> tuple[Labels | None, list[Problem]]:
    train = [mask for pair, found in checked if pair.split == "train" for mask in found.masks]
    return find_labels(known, train, [mask for _, found in checked for mask in found.masks]) if train else (None, [])


def _image_problems(config: FolderConfig, checked: Checked) -> list[Problem]:
    problems: list[Problem] = []
    for pair, found in checked:
        if config.channels not in (1, 3, found.channels):
            problems.append(say.wrong_channels(pair.image, found.channels, config.channels))
        if config.channels in (1, 3) and found.channels > 4:
            problems.append(say.wrong_channels(pair.image, found.channels, config.channels))
        if found.is_float and config.value_range is None:
            problems.append(say.needs_value_range(pair.image))
    return problems


def _describe(
    config: FolderConfig,
    root: Path,
    value_range: tuple[float, float] | None,
    labels: Labels,
    checked: Checked,
    fingerprint: str,
) -> Data:
    splits: dict[str, Split] = {}
    for split in SPLITS:
        own = [(pair, found) for pair, found in checked if pair.split == split]
        if own:
            pairs, sizes = tuple(pair for pair, _ in own), tuple(found.size_px for _, found in own)
            splits[split] = FolderSplit(root, pairs, sizes, config.channels, value_range, labels.task, labels.table)
    train = [found for pair, found in checked if pair.split == "train"]
    class_pixels, labelled_pixels = _count(labels, train)
    absent = [name for name, count in zip(labels.task.class_names, class_pixels, strict=True) if not count]
    notes = [*labels.notes, *_depth_note(config, train), *(f"No training pixel is {name}." for name in absent)]
    return Data(
        name=config.name,
        task=labels.task,
        channels=config.channels,
        splits=splits,
        fingerprint=fingerprint,
        class_pixels=class_pixels,
        labelled_pixels=labelled_pixels,
        notes=tuple(notes),
    )


def _fingerprint(checked: Checked, files: Sequence[FileEntry]) -> str:
    sizes = {entry.path: entry.size for entry in files}
    return hash_of(
        [[pair.image, sizes[pair.image], [[mask.path, mask.digest] for mask in found.masks]] for pair, found in checked]
    )


def _count(labels: Labels, train: Sequence[PairFacts]) -> tuple[tuple[int, ...], int]:
    """Count the training pixels of each class, and those that are not ignored."""
    names = labels.task.class_names
    multilabel = labels.task.kind == "multilabel"
    pixels = [0] * len(names)
    ignored = 0
    for mask in (mask for found in train for mask in found.masks):
        for value, count in mask.values.items():
            index = labels.table.classes[mask.coding][value]
            ignored += count if index == IGNORE else 0
            if index != IGNORE and not multilabel:
                pixels[index] += count
            elif index == 1:
                pixels[names.index(mask.class_name)] += count
    total = sum(found.size_px[0] * found.size_px[1] for found in train)
    return tuple(pixels), total - (ignored // len(names) if multilabel else ignored)


def _depth_note(config: FolderConfig, train: Sequence[PairFacts]) -> list[str]:
    extremes = [found.extremes for found in train if found.extremes is not None]
    if not extremes or config.value_range is not None:
        return []
    low, high = min(low for low, _ in extremes), max(high for _, high in extremes)
    return [
        f"The images have more than 8 bits and hold values from {low} to {high}; the whole range of their type becomes "
        f"0 to 255. To spread only theirs: data.value_range=[{low},{high}]"
    ]
