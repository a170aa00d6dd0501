"""Describes a data set of images and masks in files of their own, once a reader found which go together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from segsweep.core.registry import build
from segsweep.core.task import Task
from segsweep.data.base import Data, Split
from segsweep.data.counts import PixelCounts, absent_classes
from segsweep.data.errors import Problem, broken_data
from segsweep.data.images import read_image
from segsweep.data.listing import SPLITS, FileEntry, data_root, list_files
from segsweep.data.masks import TruthTable, decode_mask
from segsweep.data.pairs import errors
from segsweep.data.pairs.found import Found, Pair
from segsweep.data.pairs.label_errors import one_mask_per_image
from segsweep.data.pairs.label_spec import LabelSpec, read_label_spec, with_values
from segsweep.data.pairs.labels import Labels, find_labels
from segsweep.data.pairs.layouts import fitting
from segsweep.data.pairs.scan import PairFacts, scan
from segsweep.data.pairs.summary import bit_depth_of, count_pixels, depth_note, fingerprint_of, image_problems
from segsweep.data.spec import READERS, PairsConfig
from segsweep.data.splits.folds import Stored, fold_fingerprint, place


@dataclass(frozen=True)
class PairedSplit(Split):
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
        """Return the name that the reader gave the image."""
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


def open_pairs(config: PairsConfig, cache_dir: Path) -> Data:
    """Find the pairs with the finder of the reader's row, check and describe them.

    Raises:
        DataError: With everything that is wrong with the files, and the reader that fits them where it is another.
        ConfigError: If settings and dataset.json contradict each other, classes overlap, or there are too few images.
    """
    root = data_root(config.root)
    found: Found = build(READERS[config.reader].pairs or "", config, root)
    if not found.pairs:
        problems = list(found.problems) or [errors.no_pairs()]
        raise broken_data(config.name, [*problems, *fitting(root, config.reader)])
    files = list_files(root, found.files)
    there = {entry.path for entry in files}
    whole = [pair for pair in found.pairs if {pair.image, *(path for _, path in pair.masks)} <= there]
    problems = [*found.problems, *_named_twice(found), *_absent(found, there), *_empty_splits(config, found)]
    if not whole or any(not problem.file for problem in problems):
        raise broken_data(config.name, problems)
    spec = read_label_spec(config, root)
    if spec.kind == "multilabel":
        raise one_mask_per_image(config.reader)
    spec = spec if found.values is None else with_values(spec, found.values)
    spec = replace(spec, notes=(*found.notes, *spec.notes))
    return describe_pairs(config, root, spec, whole, problems, files=files, cache_dir=cache_dir)


def _named_twice(found: Found) -> list[Problem]:
    seen: set[tuple[str, str]] = set()
    problems: list[Problem] = []
    for pair in found.pairs:
        if (pair.split, pair.stem) in seen:
            problems.append(errors.named_twice(pair.split, pair.stem, pair.image))
        seen.add((pair.split, pair.stem))
    return problems


def _absent(found: Found, there: set[str]) -> list[Problem]:
    paths = [path for pair in found.pairs for path in (pair.image, *(path for _, path in pair.masks))]
    return [errors.file_absent(path) for path in dict.fromkeys(paths) if path not in there]


def _empty_splits(config: PairsConfig, found: Found) -> list[Problem]:
    splits = {pair.split for pair in found.pairs}
    needed = [split for split in ("train", "val") if split not in splits]
    return [errors.no_images_of(split) for split in needed if config.fold is None or not splits & {"train", "val"}]


def describe_pairs(
    config: PairsConfig,
    root: Path,
    spec: LabelSpec,
    pairs: Sequence[Pair],
    problems: Sequence[Problem],
    *,
    files: Sequence[FileEntry],
    cache_dir: Path,
) -> Data:
    """Open every file once and describe the data set.

    Args:
        config: The settings.
        root: data.root, absolute.
        spec: What is known of the labels.
        pairs: Images and masks.
        problems: What is wrong already.
        files: All files of the data set; all of the pairs are among them.
        cache_dir: Where what was found is kept.
    Raises:
        DataError: With everything that is wrong.
        ConfigError: If there are fewer images than folds.
    """
    checked, damaged = scan(root, pairs, files, cache_dir, config.name)
    training = ("train",) if config.fold is None else ("train", "val")  # of folds, all that train in one of them
    train = [found for pair, found in checked if pair.split in training]
    labels, wrong_labels = _labels(spec, train, checked)
    problems = [*problems, *damaged, *image_problems(config, checked), *wrong_labels]
    if problems or labels is None:
        raise broken_data(config.name, problems)
    fingerprint = fold_fingerprint(fingerprint_of(checked, files), config)
    images = place([Stored(pair.split, pair.stem, (pair, found)) for pair, found in checked], config)
    depth = bit_depth_of(config, train)
    notes = (*spec.notes, *labels.notes, *depth_note(config, train, depth))
    return _describe(config, root, replace(labels, notes=notes), images, fingerprint, depth)


def _labels(
    spec: LabelSpec, train: Sequence[PairFacts], checked: Sequence[tuple[Pair, PairFacts]]
) -> tuple[Labels | None, list[Problem]]:
    """Read the meaning of mask values off the training masks."""
    masks = [mask for found in train for mask in found.masks]
    return find_labels(spec, masks, [mask for _, found in checked for mask in found.masks]) if masks else (None, [])


def _describe(
    config: PairsConfig,
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
            splits[split] = PairedSplit(
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
