"""The per_image.csv of one run: the score of each image, its group, and its part in scores that pool all pixels."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segsweep.metrics.spec import metric_of
from segsweep.stats.shares import ratio_shares

Array = NDArray[np.float64]
GROUP = "group"
"""Column that names what an image belongs to, such as a patient; images of one group are not independent."""
_PARTS = ("tp", "fp", "fn", "tn")


@dataclass(frozen=True)
class RunImages:
    """What a run's file says of one metric."""

    images: tuple[str, ...]
    groups: tuple[str, ...] | None
    """Of each image; None where the file has no such column."""
    above: Array | None
    """Numerators of the pooled score's ratios, [ratios, images]; None where the file has no pixel counts."""
    below: Array | None
    """Denominators, of the same shape."""
    own: Array | None
    """Each image's own score; NaN where it has none, None where the file has no such column."""
    occurs: NDArray[np.bool_] | None = None
    """Which ratios count: those whose class occurs in some image; None: all."""
    folds: NDArray[np.int64] | None = None
    """Number of the fold of each image, where the file is that of several runs that were validated on a fold each."""

    def shares(self, groups: NDArray[np.int64] | None = None) -> Array | None:
        """Return the share of each image, or group, in the pooled score; their mean is the score.

        Args:
            groups: Number of the group of each image, from 0.
        """
        if self.above is None or self.below is None:
            return None
        counts = slice(None) if self.occurs is None else self.occurs
        found: Array = ratio_shares(self.above[counts], self.below[counts], groups).mean(0)
        return found

    def take(self, places: NDArray[np.int64]) -> "RunImages":
        """Return the same of some images, in the order given."""
        return RunImages(
            tuple(self.images[place] for place in places),
            None if self.groups is None else tuple(self.groups[place] for place in places),
            above=None if self.above is None else self.above[:, places],
            below=None if self.below is None else self.below[:, places],
            own=None if self.own is None else self.own[places],
            occurs=self.occurs,
            folds=None if self.folds is None else self.folds[places],
        )


def join_folds(reads: Sequence[RunImages]) -> RunImages:
    """Return the images of runs that were each validated on another fold as if one run had scored all of them."""
    groups = [read.groups for read in reads if read.groups is not None]
    occurs = [read.occurs for read in reads if read.occurs is not None]
    return RunImages(
        tuple(image for read in reads for image in read.images),
        tuple(group for own in groups for group in own) if len(groups) == len(reads) else None,
        above=_joined([read.above for read in reads]),
        below=_joined([read.below for read in reads]),
        own=_joined([read.own for read in reads]),
        occurs=np.any(occurs, axis=0) if occurs else None,
        folds=np.repeat(np.arange(len(reads)), [len(read.images) for read in reads]),
    )


def _joined(parts: Sequence[Array | None]) -> Array | None:
    found = [part for part in parts if part is not None]
    return np.concatenate(found, axis=-1) if len(found) == len(parts) else None


def read_run_images(file: Path, metric: str, *, task: str | None) -> RunImages | None:
    """Read the file of a run.

    Args:
        file: Of the split that the metric is of.
        metric: With its split, or without.
        task: Kind of the task, on which accuracy depends.
    Returns:
        None where there is no file, or none that is whole.
    """
    try:
        with file.open(encoding="utf-8", newline="") as text:
            reader = csv.reader(text)
            header = next(reader, [])
            rows = [row for row in reader if row]
        if "image" not in header or not rows or any(len(row) != len(header) for row in rows):
            return None
        name = metric.removeprefix("test/").removeprefix("val/")
        above, below, occurs = (None,) * 3 if name.startswith("image/") else _ratios(header, rows, name, task)
        column = _column(name.removeprefix("image/"))
        own = _numbers(header, rows, [column])[0] if column in header else None
    except (OSError, ValueError, csv.Error):
        return None
    return RunImages(_words(header, rows, "image") or (), _words(header, rows, GROUP), above, below, own, occurs)


def _words(header: Sequence[str], rows: Sequence[Sequence[str]], name: str) -> tuple[str, ...] | None:
    if name not in header:
        return None
    place = header.index(name)
    return tuple(row[place] for row in rows)


def _numbers(header: Sequence[str], rows: Sequence[Sequence[str]], names: Sequence[str]) -> Array:
    """Return columns, [columns, images]; NaN where a cell is empty."""
    places = [header.index(name) for name in names]
    return np.array([[float(row[place] or "nan") for row in rows] for place in places])


def _ratios(
    header: Sequence[str], rows: Sequence[Sequence[str]], name: str, task: str | None
) -> tuple[Array, Array, NDArray[np.bool_] | None] | tuple[None, None, None]:
    """Return numerators and denominators of the ratios whose mean is a score, [ratios, images], and which occur."""
    score, _, of = name.partition("/")
    classes = [column.removeprefix("tp/") for column in header if column.startswith("tp/")]
    if of:
        classes = [of] if of in classes else []
    if not classes:
        return None, None, None
    tp, fp, fn, tn = (_numbers(header, rows, [f"{part}/{each}" for each in classes]) for part in _PARTS)
    if score == "accuracy":
        return *_accuracy(tp, fp + fn, tn, is_exclusive=task == "multiclass" and not of), None
    occurs = (tp + fp + fn).sum(1) > 0
    metric = metric_of(score)
    if metric is None or metric.ratio is None or not occurs.any():
        return None, None, None
    above, below = (
        np.sum([times * part for times, part in zip(weights, (tp, fp, fn, tn), strict=True)], axis=0)
        for weights in metric.ratio
    )
    return above, below, occurs


def _accuracy(tp: Array, wrong: Array, tn: Array, *, is_exclusive: bool) -> tuple[Array, Array]:
    """Return right pixels and all pixels: of classes that exclude each other every pixel counts once."""
    counted = tp + wrong + tn
    if is_exclusive:
        return tp.sum(0, keepdims=True), counted[:1]
    return (tp + tn).sum(0, keepdims=True), counted.sum(0, keepdims=True)


def _column(name: str) -> str:
    score, slash, of = name.partition("/")
    metric = metric_of(score)
    return (metric.name if metric else score) + slash + of
