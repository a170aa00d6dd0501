"""Brings the images of several configurations together, so that they are compared on the same ones."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segsweep.runs.per_image import Array, RunImages
from segsweep.stats.shares import effective_number, ratio_shares


@dataclass(frozen=True)
class ImageScores:
    """Scores of the same images by several configurations."""

    images: tuple[str, ...]
    runs: Mapping[str, Array]
    """By key of the configuration: [runs, images], or [runs, groups] where images have groups."""
    is_of_metric: bool
    """Whether their mean is the metric; else it is the mean of each image's own score, which stands in for it."""
    num_groups: int | None
    """How many groups the images have; None where nobody knows of any, or each image is its own."""
    folds: NDArray[np.int64] | None
    """Number of the fold of each image, or group, where each was scored by the run that was validated on it."""
    effective: float
    """How many equal images, or groups, would weigh as these do in the metric."""


def pair_images(
    reads: Mapping[str, Sequence[RunImages]], *, is_mean: bool, group: str | None = None, by_image: bool = False
) -> ImageScores | None:
    """Bring together what the files of runs say; where some file has no pixel counts, own scores stand in.

    Args:
        reads: Of each configuration, the files of its runs.
        is_mean: Whether the metric is the mean of each image's own score.
        group: Regular expression that finds the group in the name of an image; None: the column of the file.
        by_image: Whether images are kept apart although they have groups.
    Returns:
        None where there are not two images with a value in all.
    """
    found = [read for own in reads.values() for read in own]
    pooled = bool(found) and all(read.above is not None for read in found)
    found = found if pooled else [read for read in found if read.own is not None]
    images = _common(found, pooled=pooled)
    if len(images) < 2:
        return None
    kept = {
        key: [_in_order(read, images) for read in own if pooled or read.own is not None] for key, own in reads.items()
    }
    first = next(own[0] for own in kept.values() if own)
    groups = None if by_image else _numbered(first, group)
    sizes = first.below if pooled and first.below is not None else np.ones(len(images))
    firsts = slice(None) if groups is None else np.unique(groups, return_index=True)[1]
    return ImageScores(
        images=images,
        runs={
            key: np.stack([_scores(read, groups, pooled=pooled) for read in own]) for key, own in kept.items() if own
        },
        is_of_metric=(pooled or is_mean) and all(len(read.images) == len(images) for read in found),
        folds=None if first.folds is None else first.folds[firsts],
        num_groups=None if groups is None else int(groups.max()) + 1,
        effective=effective_number(sizes, groups),
    )


def _common(found: Sequence[RunImages], *, pooled: bool) -> tuple[str, ...]:
    """Return the images that have a value in all, in the order of the first."""
    common: list[str] = []
    for number, read in enumerate(found):
        values = read.above if pooled else read.own
        assert values is not None  # asked before
        valid = np.isfinite(values if values.ndim == 1 else values.sum(axis=0))
        own = [image for image, is_valid in zip(read.images, valid, strict=True) if is_valid]
        common = own if not number else common if own == common else [image for image in common if image in set(own)]
    return tuple(common)


def _in_order(read: RunImages, images: tuple[str, ...]) -> RunImages:
    if images == read.images:
        return read
    place = {image: number for number, image in enumerate(read.images)}
    return read.take(np.array([place[image] for image in images]))


def _numbered(read: RunImages, group: str | None) -> NDArray[np.int64] | None:
    """Return the number of each image's group; None where each image is its own."""
    names = None
    if read.groups is not None:
        names = tuple(own or image for own, image in zip(read.groups, read.images, strict=True))
    if group is not None:
        pattern = re.compile(group)
        found = zip(map(pattern.search, read.images), read.images, strict=True)
        names = tuple(image if match is None else match[min(1, pattern.groups)] or image for match, image in found)
    if names is None or len(set(names)) == len(names):
        return None
    return np.unique(np.array(names), return_inverse=True)[1].astype(np.int64)


def _scores(read: RunImages, groups: NDArray[np.int64] | None, *, pooled: bool) -> Array:
    found = read.shares(groups) if pooled else read.own
    assert found is not None  # asked before
    return found if pooled or groups is None else ratio_shares(found, np.ones_like(found), groups)
