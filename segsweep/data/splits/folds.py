"""Which images validate in which fold: train and val are pooled and dealt anew, test is untouched."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from segsweep.data.errors import too_few_groups
from segsweep.data.listing import hash_of
from segsweep.data.spec import DataConfig
from segsweep.data.splits.groups import group_of

T = TypeVar("T")

_SEED = 0
"""The folds are the same in every run: what differs between two folds is the images, between two seeds the training."""


def deal(names: Sequence[str], num_folds: int, *, pattern: str | None = None) -> list[int]:
    """Deal images into folds: each group as a whole, the largest first, to the fold that has the fewest images.

    Args:
        names: Path of each image below images/. Images of one folder there are a group, such as the pictures of one
            person; an image that lies in none is a group of its own.
        num_folds: 2 or more.
        pattern: Names the groups in place of the folders, as `data.group`.
    Returns:
        The fold of each image, from 0. It depends on the names only, not on their order.
    Raises:
        ConfigError: If there are fewer groups than folds.
    """
    groups: dict[tuple[int, str | None], list[int]] = {}
    for index in sorted(range(len(names)), key=lambda index: names[index]):
        group = group_of(names[index], pattern)
        groups.setdefault((index if group is None else -1, group), []).append(index)
    if len(groups) < num_folds:
        raise too_few_groups(len(names), len(groups), num_folds, pattern)
    shuffled = [list(groups.values())[place] for place in np.random.default_rng(_SEED).permutation(len(groups))]
    sizes, fold_of = [0] * num_folds, [0] * len(names)
    for together in sorted(shuffled, key=len, reverse=True):
        fold = sizes.index(min(sizes))
        sizes[fold] += len(together)
        for index in together:
            fold_of[index] = fold
    return fold_of


def fold_fingerprint(fingerprint: str, data: DataConfig) -> str:
    """Return the fingerprint of a data set with what decides its folds; where there is no fold, the set's own."""
    if data.fold is None:
        return fingerprint
    return hash_of([fingerprint, data.fold, data.num_folds, *([] if data.group is None else [data.group])])


@dataclass(frozen=True)
class Stored(Generic[T]):
    """An image of one split of a data set, whatever a reader knows of it."""

    split: str
    """train, val or test."""
    name: str
    """Its path below images/ without the ending."""
    image: T


def place(
    images: Sequence[Stored[T]], data: DataConfig, *, key: Callable[[Stored[T]], str] | None = None
) -> list[Stored[T]]:
    """Return the images where `data.fold` puts them; as they are where there is no fold.

    Args:
        images: All images, as they lie.
        data: Its `fold` validates, of `num_folds`.
        key: What an image is dealt by where `data.group` does not say it; its name unless given.
    Returns:
        The images with the split that each is used in. A pooled one has the split on disk before its name, since train
        and val may both hold one of that name.
    Raises:
        ConfigError: If there are fewer groups of images than folds.
    """
    if data.fold is None:
        return list(images)
    pool = [image for image in images if image.split != "test"]
    names = [key(image) if key and data.group is None else image.name for image in pool]
    folds = deal(names, data.num_folds, pattern=data.group)
    placed = [
        Stored("val" if fold == data.fold else "train", f"{image.split}/{image.name}", image.image)
        for image, fold in zip(pool, folds, strict=True)
    ]
    return [*placed, *(image for image in images if image.split == "test")]
