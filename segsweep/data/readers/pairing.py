"""Which files a folder data set has, and how they pair; nothing is opened here."""

import os
from pathlib import Path

from segsweep.data import errors
from segsweep.data.errors import Problem
from segsweep.data.listing import ENDINGS, SPLITS, FileEntry
from segsweep.data.pairs.found import Pair, by_stem, images_below


def layout_problems(root: Path, files: list[FileEntry]) -> list[Problem]:
    """Say which folders of the layout are missing or hold no image."""
    problems: list[Problem] = []
    folders = sorted(entry.name for entry in os.scandir(root) if entry.is_dir() and not entry.name.startswith("."))
    for split in SPLITS:
        if not (root / split).is_dir():
            problems += [] if split == "test" else [errors.folder_missing(split, folders)]
            continue
        inside = sorted(entry.name for entry in os.scandir(root / split) if entry.is_dir())
        for kind in ("images", "masks"):
            if not (root / split / kind).is_dir():
                problems.append(errors.folder_missing(f"{split}/{kind}", inside))
        if (root / split / "images").is_dir() and not images_below(files, f"{split}/images/"):
            problems.append(errors.split_empty(f"{split}/images", _passed_over(files, f"{split}/images/")))
    return problems


def _passed_over(files: list[FileEntry], folder: str) -> list[str]:
    endings = {Path(entry.path).suffix.lower() for entry in files if entry.path.startswith(folder)}
    return sorted(ending for ending in endings - ENDINGS if ending)


def class_folders(root: Path) -> list[str]:
    """Return the names of the folders below masks/ of all splits: the classes of a multilabel set."""
    places = [root / split / "masks" for split in SPLITS]
    names = {entry.name for place in places if place.is_dir() for entry in os.scandir(place) if entry.is_dir()}
    return sorted(name for name in names if not name.startswith("."))


def has_class_folders(files: list[FileEntry]) -> bool:
    """Whether the training masks lie in one folder per class: CLASS/NAME for an image NAME."""
    images, _ = by_stem(files, "train/images/")
    masks, _ = by_stem(files, "train/masks/")
    return bool(masks) and all(stem not in images and stem.partition("/")[2] in images for stem in masks)


def pair_files(files: list[FileEntry], classes: list[str] | None) -> tuple[list[Pair], list[Problem]]:
    """Pair images and masks by their path without the ending.

    Args:
        files: The files below data.root.
        classes: Folders below masks/, one per class, for a multilabel set; None if masks lie directly there.
    Returns:
        The pairs in order of split and name, and what does not pair.
    """
    pairs: list[Pair] = []
    problems: list[Problem] = []
    for split in SPLITS:
        images, twice = by_stem(files, f"{split}/images/")
        problems += twice
        masks: dict[str, list[tuple[str, str]]] = {}
        for name in [""] if classes is None else classes:
            found, twice = by_stem(files, f"{split}/masks/{name}/" if name else f"{split}/masks/")
            problems += twice
            for stem, path in found.items():
                masks.setdefault(stem, []).append((name, path))
        pairs += [Pair(split, stem, images[stem], tuple(masks[stem])) for stem in images if stem in masks]
        problems += [errors.mask_missing(images[stem], f"{split}/masks") for stem in images if stem not in masks]
        problems += [
            errors.image_missing(path, f"{split}/images")
            for stem, found_masks in masks.items()
            if stem not in images
            for _, path in found_masks
        ]
    return pairs, problems
