"""The test images on which the best configurations differ most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segsweep.report.read.comparison import Comparison
from segsweep.report.read.images import ImageFiles, read_images
from segsweep.report.read.model import Configuration
from segsweep.runs.folder import SAMPLES
from segsweep.runs.predictions import read_predictions

MAX_CONFIGURATIONS = 4
MAX_IMAGES = 8
MAX_SHEETS = 3
_OWN_SCORES = ("dice", "miou")
"""Scores of each image in per_image.csv, the first being taken where the ranking's own is neither."""


@dataclass(frozen=True)
class Predicted:
    """What a configuration made of an image."""

    score: float
    """Mean over its replicates."""
    picture: Path | None
    """Prediction of its first run; None where that was not kept."""


@dataclass(frozen=True)
class Disputed:
    """An image on which configurations differ."""

    name: str
    image: Path | None
    truth: Path | None
    predicted: Sequence[Predicted]
    """In the order of the gallery's configurations."""
    gap: float
    """Between the highest and the lowest score."""


@dataclass(frozen=True)
class Gallery:
    """Images, and what the best configurations made of them."""

    metric: str
    configurations: Sequence[Configuration]
    images: Sequence[Disputed]
    """By gap, the largest first."""
    sheets: Sequence[tuple[str, Path]]
    """Where no predictions of these images were kept: name of a configuration and its sheet of validation images."""


def read_gallery(comparison: Comparison) -> Gallery | None:
    """Find the images on which the best configurations differ most, among those with kept predictions if there are any.

    Returns:
        None where fewer than two configurations have scores of the same images.
    """
    wanted = [row.configuration for row in comparison.rows[:MAX_CONFIGURATIONS]]
    split, _, name = comparison.metric.partition("/")
    metric = f"{split}/image/{name if name in _OWN_SCORES else _OWN_SCORES[0]}"
    found = read_images(wanted, ImageFiles(metric), by_image=True)
    if found is None or len(found.runs) < 2:
        return None
    shown = [configuration for configuration in wanted if configuration.key in found.runs]
    scores = np.stack([found.runs[configuration.key].mean(axis=0) for configuration in shown])
    kept = [read_predictions(configuration.runs[0].folder) for configuration in shown]
    gaps = scores.max(axis=0) - scores.min(axis=0)
    everywhere = set.intersection(*map(set, kept))
    order = [int(place) for place in np.argsort(-gaps, kind="stable") if gaps[place] > 0]
    if any(found.images[place] in everywhere for place in order):
        order = [place for place in order if found.images[place] in everywhere]
    images = [_disputed(found.images[place], scores[:, place].tolist(), kept) for place in order[:MAX_IMAGES]]
    if not images:
        return None
    return Gallery(metric, shown, images, [] if everywhere else _sheets(shown))


def _disputed(name: str, scores: Sequence[float], kept: Sequence[Mapping[str, Mapping[str, Path]]]) -> Disputed:
    first = kept[0].get(name, {})
    predicted = [
        Predicted(score, pictures.get(name, {}).get("prediction")) for score, pictures in zip(scores, kept, strict=True)
    ]
    return Disputed(name, first.get("image"), first.get("truth"), predicted, max(scores) - min(scores))


def _sheets(shown: Sequence[Configuration]) -> list[tuple[str, Path]]:
    paths = [(configuration.label, configuration.runs[0].folder / SAMPLES / "val.png") for configuration in shown]
    return [(label, path) for label, path in paths if path.is_file()][:MAX_SHEETS]
