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

    def shares(self, groups: NDArray[np.int64] | None = None) -> Array | None:
        """Return the share of each image, or group, in the pooled score; their mean is the score.

        Args:
            groups: Number of the group of each image, from 0.
        """
        if self.above is None or self.below is None:
            return None
        found: Array = ratio_shares(self.above, self.below, groups).mean(0)
        return found

    def take(self, places: Sequence[int] | NDArray[np.int64]) -> "RunImages":
        """Return the same of some images, in the order given."""
        return RunImages(
            tuple(self.images[place] for place in places),
            None if self.groups is None else tuple(self.groups[place] for place in places),
            *(None if part is None else part[..., places] for part in (self.above, self.below, self.own)),
        )


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
        above, below = (None, None) if name.startswith("image/") else _ratios(header, rows, name, task)
        column = _column(name.removeprefix("image/"))
        own = _numbers(header, rows, [column])[0] if column in header else None
    except (OSError, ValueError, csv.Error):
        return None
    return RunImages(_words(header, rows, "image") or (), _words(header, rows, GROUP), above, below, own)


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
) -> tuple[Array, Array] | tuple[None, None]:
    """Return numerators and denominators of the ratios whose mean is a score, [ratios, images]."""
    score, _, of = name.partition("/")
    classes = [column.removeprefix("tp/") for column in header if column.startswith("tp/")]
    if of:
        classes = [of] if of in classes else []
    if not classes:
        return None, None
    tp, fp, fn, tn = (_numbers(header, rows, [f"{part}/{each}" for each in classes]) for part in _PARTS)
    if score == "accuracy":
        return _accuracy(tp, fp + fn, tn, is_exclusive=task == "multiclass" and not of)
    occurs = (tp + fp + fn).sum(1) > 0
    metric = metric_of(score)
    if metric is None or metric.ratio is None or not occurs.any():
        return None, None
    counts = [part[occurs] for part in (tp, fp, fn, tn)]
    above, below = (
        np.sum([times * part for times, part in zip(weights, counts, strict=True)], axis=0) for weights in metric.ratio
    )
    return above, below


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
