"""Compares the best configurations with one another, on the same test images and over their seeds."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from segsweep.report.read.images import ImageFiles, ImageScores, read_images
from segsweep.report.read.model import Basis, Configuration, Direction, Pair
from segsweep.report.stats.chance import compare_all
from segsweep.report.stats.seeds import SeedVariance, seed_variance

FIRST = 20
"""How many of the best are compared at first; more follow as long as the last of them is tied with the best."""
MOST = 40
"""All pairs of so many are compared at most: 780."""


class Compared(NamedTuple):
    """What came out."""

    pairs: tuple[Pair, ...]
    noise: SeedVariance | None
    notes: tuple[str, ...]


def compare_best(
    ranked: Sequence[Configuration],
    values: Mapping[str, Sequence[float]],
    metric: str,
    direction: Direction,
    *,
    first: int,
) -> Compared:
    """Compare the best configurations, as many as may tie with the very best.

    Args:
        ranked: The best first.
        values: By key, the metric of each run.
        metric: The ranking's metric.
        direction: Whether more or less of it is better.
        first: How many are compared at least.
    """
    number = min(len(ranked), max(first, FIRST))
    files = ImageFiles(metric)
    while True:
        found = _compare(ranked[:number], values, metric, direction, files)
        if number >= min(len(ranked), MOST) or not _is_last_tied(ranked[0], ranked[number - 1], found.pairs):
            return found
        number = min(2 * number, len(ranked), MOST)


def _is_last_tied(best: Configuration, last: Configuration, pairs: Sequence[Pair]) -> bool:
    return any(pair.better == best.key and pair.worse == last.key and not pair.is_real for pair in pairs)


def _compare(
    chosen: Sequence[Configuration],
    values: Mapping[str, Sequence[float]],
    metric: str,
    direction: Direction,
    files: ImageFiles,
) -> Compared:
    images = read_images(chosen, files) if len(chosen) > 1 else None
    paired = [configuration for configuration in chosen if images is not None and configuration.key in images.runs]
    if images is not None and len(paired) > 1:
        scores = [images.runs[configuration.key] for configuration in paired]
        noise = seed_variance(scores)
        pairs = compare_pairs(paired, scores, noise, direction, "images and seeds" if noise else "images")
        return Compared(pairs, noise, _notes(images, chosen, paired, metric))
    single = [np.array(values[configuration.key])[:, None] for configuration in chosen]
    noise = seed_variance(single)
    if len(chosen) < 2:
        return Compared((), noise, ())
    note = f"{metric} is not known image by image, so only the chance of the seeds is counted, not that of the images"
    if noise is None:
        missing = f"{metric} is not known image by image and no configuration was repeated: nothing says what is chance"
        return Compared((), None, (missing,))
    return Compared(compare_pairs(chosen, single, noise, direction, "seeds"), noise, (note,))


def compare_pairs(
    chosen: Sequence[Configuration],
    scores: Sequence[NDArray[np.float64]],
    noise: SeedVariance | None,
    direction: Direction,
    basis: Basis,
) -> tuple[Pair, ...]:
    """Compare all pairs of configurations by the scores of their runs.

    Args:
        chosen: The best first.
        scores: Of each configuration, [runs, images]; one column where only the metric of each run is known.
        noise: How much runs differ, if that is known.
        direction: Whether more or less is better.
        basis: Which chance is counted.
    """
    sign = 1.0 if direction == "max" else -1.0
    means = np.stack([sign * rows.mean(0) for rows in scores])
    num_runs = [len(rows) for rows in scores]
    found = compare_all(means, num_runs, noise)
    return tuple(
        Pair(
            better=chosen[a].key,
            worse=chosen[b].key,
            difference=float(found.value[place]),
            low=float(found.low[place]),
            high=float(found.high[place]),
            p=float(found.p[place]),
            p_adjusted=float(found.p_adjusted[place]),
            num_images=means.shape[1] if basis != "seeds" else 0,
            basis=basis,
            seed_variance=noise.own[a] + noise.own[b] if noise is not None else 0.0,
            lasting_variance=_lasting(means[a] - means[b], _single(noise, num_runs, a) + _single(noise, num_runs, b)),
        )
        for place, (a, b) in enumerate(found.pairs)
    )


def _single(noise: SeedVariance | None, num_runs: Sequence[int], place: int) -> float:
    """Return the variance of a configuration's mean that lies in how its runs and single images meet."""
    return 0.0 if noise is None else noise.of_images[place] / num_runs[place]


def _lasting(differences: NDArray[np.float64], single: float) -> float:
    """Return the variance of a mean difference that is left with ever more runs on the same number of images."""
    if len(differences) < 2:
        return 0.0
    return max(float(differences.var(ddof=1)) / len(differences) - single, 0.0)


def _notes(
    images: ImageScores, chosen: Sequence[Configuration], paired: Sequence[Configuration], metric: str
) -> tuple[str, ...]:
    notes = []
    number = len(images.images)
    if not images.is_of_metric and metric.startswith("test/image/"):
        notes.append(f"Differences are those on the {number} images that have a value in every run")
    elif not images.is_of_metric:
        notes.append(
            f"Differences are those of the mean over {number} images of each image's own score, which stands in for "
            f"{metric}: these runs keep no pixel counts per image"
        )
    missing = [configuration.label for configuration in chosen if configuration not in paired]
    if missing:
        notes.append(f"No per_image.csv, so not compared: {', '.join(missing)}")
    return tuple(notes)
