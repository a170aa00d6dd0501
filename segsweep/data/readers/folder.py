"""Reads {train,val,test}/{images,masks}, paired by file name."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from segsweep.core.task import Task
from segsweep.data.base import Data, Split
from segsweep.data.counts import PixelCounts, absent_classes
from segsweep.data.errors import Problem, broken_data
from segsweep.data.images import read_image
from segsweep.data.listing import SPLITS, FileEntry, data_root, list_files
from segsweep.data.masks import TruthTable, decode_mask
from segsweep.data.readers.label_errors import class_folders_differ
from segsweep.data.readers.label_spec import LabelSpec, read_label_spec
from segsweep.data.readers.labels import Labels, find_labels
from segsweep.data.readers.pairing import Pair, class_folders, has_class_folders, layout_problems, pair_files
from segsweep.data.readers.scan import PairFacts, scan
from segsweep.data.readers.summary import bit_depth_of, count_pixels, depth_note, fingerprint_of, image_problems
from segsweep.data.spec import FolderConfig
from segsweep.data.splits.folds import Stored, fold_fingerprint, place


@dataclass(frozen=True)
class FolderSplit(Split):
    """Images and masks of one split, read from disk when they are loaded."""

    root: Path
    names: tuple[str, ...]
    pairs: tuple[Pair, ...]
    sizes_px: tuple[tuple[int, int], ...]
    channels: int
    value_range: tuple[float, float] | None
    bit_depth: int | None
    task: Task
    table: TruthTable

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.pairs)

    def name(self, index: int) -> str:
        """Return the image's path below images/ without the ending."""
        return self.names[index]

    def size_px(self, index: int) -> tuple[int, int]:
        """Return height and width of an image as stored."""
        return self.sizes_px[index]

    def load_image(self, index: int) -> UInt8[np.ndarray, "h w c"]:
        """Read an image."""
        return read_image(self.root / self.pairs[index].image, self.channels, self.value_range, self.bit_depth)

    def load_truth(self, index: int) -> UInt8[np.ndarray, "h w *k"]:
        """Read the mask of an image, or the masks of its classes."""
        masks = self.pairs[index].masks
        if self.task.kind != "multilabel":
            return self._mask(masks[0][1])
        truth = np.zeros((*self.sizes_px[index], len(self.task.class_names)), dtype=np.uint8)
        for class_name, path in masks:
            truth[..., self.task.class_names.index(class_name)] = self._mask(path)
        return truth

    def _mask(self, path: str) -> UInt8[np.ndarray, "h w"]:
        return self.table.truth(decode_mask((self.root / path).read_bytes()))


def open_folder(config: FolderConfig, cache_dir: Path) -> Data:
    """Find, check and describe a folder data set.

    Raises:
        DataError: With everything that is wrong with the files.
        ConfigError: If settings and dataset.json contradict each other, or there are fewer images than folds.
    """
    root = data_root(config.root)
    files = list_files(root)
    if problems := layout_problems(root, files):
        raise broken_data(config.name, problems)
    spec, classes = _label_spec(config, root, files)
    pairs, problems = pair_files(files, classes)
    checked, damaged = scan(root, pairs, files, cache_dir, config.name)
    training = ("train",) if config.fold is None else ("train", "val")  # of folds, all that train in one of them
    train = [found for pair, found in checked if pair.split in training]
    labels, wrong_labels = _labels(spec, train, checked)
    problems += [*damaged, *image_problems(config, checked), *wrong_labels]
    if problems or labels is None:
        raise broken_data(config.name, problems)
    fingerprint = fold_fingerprint(fingerprint_of(checked, files), config)
    images = place([Stored(pair.split, pair.stem, (pair, found)) for pair, found in checked], config)
    depth = bit_depth_of(config, train)
    notes = (*spec.notes, *labels.notes, *depth_note(config, train, depth))
    return _describe(config, root, replace(labels, notes=notes), images, fingerprint, depth)


def _label_spec(config: FolderConfig, root: Path, files: list[FileEntry]) -> tuple[LabelSpec, list[str] | None]:
    """Return what is known of the labels, and for a multilabel set its class folders."""
    spec = read_label_spec(config, root)
    if spec.kind is None and has_class_folders(files):
        spec = replace(spec, kind="multilabel")
    if spec.kind != "multilabel":
        return spec, None
    folders = class_folders(root)
    names = spec.class_names or tuple(folders)
    if not folders or not set(folders) <= set(names) or len(names) != (spec.num_classes or len(names)):
        raise broken_data(config.name, [class_folders_differ(folders, names)])
    return replace(spec, class_names=names), list(names)


def _labels(
    spec: LabelSpec, train: Sequence[PairFacts], checked: Sequence[tuple[Pair, PairFacts]]
) -> tuple[Labels | None, list[Problem]]:
    """Read the meaning of mask values off the training masks."""
    masks = [mask for found in train for mask in found.masks]
    return find_labels(spec, masks, [mask for _, found in checked for mask in found.masks]) if masks else (None, [])


def _describe(
    config: FolderConfig,
    root: Path,
    labels: Labels,
    images: Sequence[Stored[tuple[Pair, PairFacts]]],
    fingerprint: str,
    bit_depth: int | None,
) -> Data:
    value_range = None if config.value_range is None else (config.value_range[0], config.value_range[1])
    splits: dict[str, Split] = {}
    counts: dict[str, PixelCounts] = {}
    digests: dict[str, tuple[str, ...]] = {}
    for split in SPLITS:
        if own := [image for image in images if image.split == split]:
            facts = [image.image[1] for image in own]
            counts[split] = count_pixels(labels, facts)
            digests[split] = tuple(found.digest for found in facts)
            splits[split] = FolderSplit(
                root,
                names=tuple(image.name for image in own),
                pairs=tuple(image.image[0] for image in own),
                sizes_px=tuple(found.size_px for found in facts),
                channels=config.channels,
                value_range=value_range,
                bit_depth=bit_depth,
                task=labels.task,
                table=labels.table,
            )
    return Data(
        name=config.name,
        task=labels.task,
        channels=config.channels,
        splits=splits,
        fingerprint=fingerprint,
        class_pixels=counts["train"].per_class,
        labelled_pixels=counts["train"].labelled,
        notes=(*labels.notes, *absent_classes(labels.task, counts)),
        bit_depth=bit_depth,
        digests=digests,
    )
