"""Compares the best configurations with one another, on the same test images and over their seeds."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from segsweep.metrics.spec import metric_of
from segsweep.report.read.comparison import Evidence
from segsweep.report.read.images import ImageFiles, read_images
from segsweep.report.read.model import Basis, Configuration, Direction, Pair
from segsweep.runs.paired import ImageScores
from segsweep.stats.seeds import SeedVariance
from segsweep.stats.verdicts import MARGIN, Judged, judge

FIRST = 20
"""How many of the best are compared at first; more follow as long as the last of them is not worse than the best."""
MOST = 50
"""All pairs of so many are compared at most: 1,225."""


class Compared(NamedTuple):
    """What came out."""

    pairs: tuple[Pair, ...]
    evidence: Evidence
    noise: SeedVariance | None
    notes: tuple[str, ...]


def compare_best(
    ranked: Sequence[Configuration],
    values: Mapping[str, Sequence[float]],
    metric: str,
    direction: Direction,
    *,
    first: int,
    margin: float = MARGIN,
    group: str | None = None,
) -> Compared:
    """Compare the best configurations, as many as may equal the very best.

    Args:
        ranked: The best first.
        values: By key, the metric of each run.
        metric: The ranking's metric.
        direction: Whether more or less of it is better.
        first: How many are compared at least.
        margin: Difference that is too small to matter.
        group: Regular expression that finds the group in the name of an image; None: the column of the runs' files.
    """
    number = min(len(ranked), max(first, FIRST))
    files = ImageFiles(metric, group=group)
    while True:
        found = _compare(ranked[:number], values, direction, files, margin)
        if number >= min(len(ranked), MOST) or not _is_last_open(ranked[0], ranked[number - 1], found.pairs):
            return found
        number = min(2 * number, len(ranked), MOST)


def _is_last_open(best: Configuration, last: Configuration, pairs: Sequence[Pair]) -> bool:
    return any(pair.better == best.key and pair.worse == last.key and pair.verdict != "better" for pair in pairs)


def _compare(
    chosen: Sequence[Configuration],
    values: Mapping[str, Sequence[float]],
    direction: Direction,
    files: ImageFiles,
    margin: float,
) -> Compared:
    images = read_images(chosen, files)
    paired = [each for each in chosen if images is not None and each.key in images.runs]
    if images is not None and (len(paired) > 1 or len(chosen) == 1):
        scores, notes = [images.runs[each.key] for each in paired], _notes(images, chosen, paired, files.metric)
    else:
        images, paired = None, list(chosen)
        scores, notes = [np.array(values[each.key])[:, None] for each in chosen], ()
    sign = 1.0 if direction == "max" else -1.0
    found = judge(
        [sign * rows for rows in scores],
        is_grouped=bool(images and images.num_groups),
        folds=images.folds if images else None,
        margin=margin,
    )
    evidence = Evidence(
        num_images=len(images.images) if images else 0,
        num_groups=images.num_groups if images else None,
        effective_images=images.effective if images else 0.0,
        num_seeds=min(map(len, scores)),
        margin=margin,
        selected_on="val" if files.metric.startswith("val/") else "test",
        optimism=found.optimism,
    )
    if images is None and len(chosen) > 1:
        missing = f"{files.metric} is not known image by image"
        if found.noise is None:
            return Compared((), evidence, None, (f"{missing} and {_NO_REPEATS}",))
        notes = (f"{missing}, so {_SEEDS_ALONE}",)
    return Compared(_pairs(paired, found, evidence), evidence, found.noise, notes)


_NO_REPEATS = "no configuration was repeated: nothing says what is chance"
_SEEDS_ALONE = "only the chance of the seeds is counted, not that of the images"


def _pairs(chosen: Sequence[Configuration], found: Judged, evidence: Evidence) -> tuple[Pair, ...]:
    basis: Basis = "seeds" if not evidence.num_images else "images and seeds" if found.noise else "images"
    return tuple(
        Pair(
            better=chosen[a].key,
            worse=chosen[b].key,
            difference=float(found.difference[place]),
            low=float(found.low[place]),
            high=float(found.high[place]),
            p=float(found.p[place]),
            p_adjusted=float(found.p_adjusted[place]),
            num_images=evidence.num_images,
            basis=basis,
            verdict=found.verdicts[place],
            reason=found.reasons[place],
            needs=found.needs[place],
            seed_variance=float(found.seed_variance[place]),
            lasting_variance=float(found.lasting_variance[place]),
        )
        for place, (a, b) in enumerate(found.pairs)
    )


def _notes(
    images: ImageScores, chosen: Sequence[Configuration], paired: Sequence[Configuration], metric: str
) -> tuple[str, ...]:
    notes = []
    number = len(images.images)
    if images.folds is not None:
        folds = int(images.folds.max()) + 1
        notes.append(
            f"Differences are those on the {number} images of {folds} folds, each scored by the run without it"
        )
    elif not images.is_of_metric and metric.split("/")[1] == "image":
        notes.append(f"Differences are those on the {number} images that have a value in every run")
    elif not images.is_of_metric:
        row = metric_of(metric)
        is_ratio = row is not None and row.ratio is not None
        notes.append(
            f"Differences are those of the mean over {number} images of each image's own score, which stands in for "
            f"{metric}: {'these runs keep no pixel counts per image' if is_ratio else 'it is no ratio of pixel counts'}"
        )
    missing = [configuration.label for configuration in chosen if configuration not in paired]
    if missing:
        notes.append(f"No per_image.csv, so not compared: {', '.join(missing)}")
    return tuple(notes)
