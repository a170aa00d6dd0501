"""Brings the images of several configurations together, so that they are compared on the same ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segsweep.report.read.image_file import Array, RunImages, read_run_images
from segsweep.report.read.model import Configuration, RunFacts


@dataclass(frozen=True)
class ImageScores:
    """Scores of the same images by several configurations."""

    images: tuple[str, ...]
    runs: Mapping[str, Array]
    """By key of the configuration: [runs, images]. Configurations whose runs left no file are absent."""
    is_of_metric: bool
    """Whether their mean is the metric; else it is the mean of each image's own score, which stands in for it."""


class ImageFiles:
    """The files of runs, each read once."""

    def __init__(self, metric: str) -> None:
        self.metric = metric
        self._known: dict[Path, RunImages | None] = {}

    def of(self, run: RunFacts) -> RunImages | None:
        """Return what the file of a run says; None where there is none, or none that is whole."""
        if run.folder not in self._known:
            self._known[run.folder] = read_run_images(run, self.metric)
        return self._known[run.folder]


def read_images(configurations: Sequence[Configuration], files: ImageFiles) -> ImageScores | None:
    """Read a metric of each image; where some file has no pixel counts, each image's own score stands in.

    Args:
        configurations: Whose runs are read.
        files: The metric, and what has been read already.
    Returns:
        None where the metric has no values per image, or nobody has the files.
    """
    if not files.metric.startswith("test/"):
        return None
    of_runs = {each.key: [read for run in each.runs if (read := files.of(run)) is not None] for each in configurations}
    found = [read for reads in of_runs.values() for read in reads]
    pooled = bool(found) and all(read.shares is not None for read in found)
    images = _common(found)
    rows = {key: [_in_order(read, images, pooled) for read in reads] for key, reads in of_runs.items()}
    kept = {key: np.stack(whole) for key, of in rows.items() if (whole := [row for row in of if row is not None])}
    if not kept or len(images) < 2:
        return None
    valid = np.isfinite(np.concatenate(list(kept.values()))).all(axis=0)
    if valid.sum() < 2:
        return None
    names = tuple(image for image, is_valid in zip(images, valid, strict=True) if is_valid)
    has_all = all(len(read.images) == len(names) for read in found)
    of_metric = has_all and (pooled or files.metric.startswith("test/image/"))
    return ImageScores(names, {key: scores[:, valid] for key, scores in kept.items()}, of_metric)


def _common(found: Sequence[RunImages]) -> tuple[str, ...]:
    """Return the images that all have, in the order of the first."""
    if not found:
        return ()
    common = set(found[0].images).intersection(*(read.images for read in found[1:]))
    return tuple(image for image in found[0].images if image in common)


def _in_order(read: RunImages, images: tuple[str, ...], pooled: bool) -> Array | None:
    values = read.shares if pooled else read.own
    if values is None or images == read.images:
        return values
    place = {image: number for number, image in enumerate(read.images)}
    return values[[place[image] for image in images]]
