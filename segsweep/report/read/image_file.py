"""The per_image.csv of one run: the score of each test image, and its share in scores that pool all pixels."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segsweep.metrics.spec import metric_of
from segsweep.report.read.model import RunFacts
from segsweep.runs.folder import PER_IMAGE_FILE

Array = NDArray[np.float64]
_PARTS = ("tp", "fp", "fn", "tn")


@dataclass(frozen=True)
class RunImages:
    """What a run's file says of one metric."""

    images: tuple[str, ...]
    shares: Array | None
    """Of each image in a score that pools pixels; their mean is the score. None where the file has no pixel counts."""
    own: Array | None
    """Each image's own score; NaN where it has none, None where the file has no such column."""


def read_run_images(run: RunFacts, metric: str) -> RunImages | None:
    """Read the file of a run.

    A metric that pools the pixels of all images, such as test/dice, is a ratio of sums. Each image gets the share of
    the ratio's first-order expansion that is its own: the mean over images is the metric, and what resampling images
    does to the mean is what it does to the metric (to first order).

    Args:
        run: The run.
        metric: With its split.
    Returns:
        None where there is no file, or none that is whole.
    Source: the infinitesimal jackknife; Efron, Tibshirani, An Introduction to the Bootstrap, 1993, ch. 21.
    """
    try:
        with (run.folder / PER_IMAGE_FILE).open(encoding="utf-8", newline="") as text:
            reader = csv.reader(text)
            header = next(reader, [])
            rows = [row for row in reader if row]
        if "image" not in header or not rows or any(len(row) != len(header) for row in rows):
            return None
        name = metric.removeprefix("test/")
        shares = None if name.startswith("image/") else _shares(header, rows, name, run.record.data.task)
        column = _column(name.removeprefix("image/"))
        own = _numbers(header, rows, [column])[:, 0] if column in header else None
    except (OSError, ValueError, csv.Error):
        return None
    place = header.index("image")
    return RunImages(tuple(row[place] for row in rows), shares, own)


def _numbers(header: Sequence[str], rows: Sequence[Sequence[str]], names: Sequence[str]) -> Array:
    """Return columns, [images, columns]; NaN where a cell is empty."""
    places = [header.index(name) for name in names]
    return np.array([[float(row[place] or "nan") for place in places] for row in rows])


def _shares(header: Sequence[str], rows: Sequence[Sequence[str]], name: str, task: str | None) -> Array | None:
    score, _, of = name.partition("/")
    classes = [column.removeprefix("tp/") for column in header if column.startswith("tp/")]
    if of:
        classes = [of] if of in classes else []
    if not classes:
        return None
    tp, fp, fn, tn = (_numbers(header, rows, [f"{part}/{each}" for each in classes]) for part in _PARTS)
    if score == "accuracy":
        return _accuracy(tp, fp + fn, tn, is_exclusive=task == "multiclass" and not of)
    occurs = (tp + fp + fn).sum(0) > 0
    metric = metric_of(score)
    if metric is None or metric.ratio is None or not occurs.any():
        return None
    counts = [part[:, occurs] for part in (tp, fp, fn, tn)]
    above, below = (
        np.sum([times * part for times, part in zip(weights, counts, strict=True)], axis=0) for weights in metric.ratio
    )
    return _mean(linearized(above, below))


def _accuracy(tp: Array, wrong: Array, tn: Array, *, is_exclusive: bool) -> Array:
    """Return the shares in right pixels over all pixels: of classes that exclude each other every pixel counts once."""
    counted = tp + wrong + tn
    if is_exclusive:
        return _mean(linearized(tp.sum(1, keepdims=True), counted[:, :1]))
    return _mean(linearized((tp + tn).sum(1, keepdims=True), counted.sum(1, keepdims=True)))


def _mean(of_classes: Array) -> Array:
    found: Array = of_classes.mean(1)
    return found


def linearized(above: Array, below: Array) -> Array:
    """Return values whose mean over images is the ratio of the sums.

    Args:
        above: Numerators, [images, ratios].
        below: Denominators, of the same shape; a ratio whose denominators are all 0 is 0.
    """
    whole = below.mean(0)
    ratio = np.divide(above.mean(0), whole, out=np.zeros_like(whole), where=whole > 0)
    shares: Array = np.divide(above - ratio * below, whole, out=np.zeros_like(above), where=whole > 0)
    shares += ratio
    return shares


def _column(name: str) -> str:
    score, slash, of = name.partition("/")
    metric = metric_of(score)
    return (metric.name if metric else score) + slash + of
