"""The scores of test or validation images by several configurations."""

from collections.abc import Sequence
from pathlib import Path

from segsweep.report.read.model import Configuration, RunFacts
from segsweep.runs.folder import PER_IMAGE_FILE, PER_IMAGE_VAL_FILE
from segsweep.runs.paired import ImageScores, pair_images
from segsweep.runs.per_image import RunImages, join_folds, read_run_images


class ImageFiles:
    """The files of runs, each read once."""

    def __init__(self, metric: str, *, group: str | None = None) -> None:
        self.metric = metric
        self.group = group
        self._known: dict[Path, RunImages | None] = {}

    def of(self, run: RunFacts) -> RunImages | None:
        """Return what the file of a run says; None where there is none, or none that is whole."""
        if run.folder not in self._known:
            is_beside = self.metric.startswith("val/") and run.record.training.tested_split != "val"
            file = run.folder / (PER_IMAGE_VAL_FILE if is_beside else PER_IMAGE_FILE)
            self._known[run.folder] = read_run_images(file, self.metric, task=run.record.data.task)
        return self._known[run.folder]


def read_images(
    configurations: Sequence[Configuration], files: ImageFiles, *, by_image: bool = False
) -> ImageScores | None:
    """Read a metric of each image.

    Args:
        configurations: Whose runs are read.
        files: The metric, and what has been read already.
        by_image: Whether images are kept apart although they have groups.
    Returns:
        None where the metric has no values per image, or nobody has the files.
    """
    reads = {each.key: _reads(each.runs, files) for each in configurations}
    is_mean = files.metric.startswith(("test/image/", "val/image/"))
    return pair_images(reads, is_mean=is_mean, group=files.group, by_image=by_image)


def _reads(runs: Sequence[RunFacts], files: ImageFiles) -> list[RunImages]:
    """Return what runs say of images; those of one seed that were validated on a fold each say it together."""
    found = [(run, read) for run in runs if (read := files.of(run)) is not None]
    if not files.metric.startswith("val/") or any(run.replicate[1] is None for run, _ in found):
        return [read for _, read in found]
    by_seed: dict[int, list[RunImages]] = {}
    for run, read in sorted(found, key=lambda pair: pair[0].replicate[1] or 0):
        by_seed.setdefault(run.replicate[0], []).append(read)
    return [join_folds(reads) for reads in by_seed.values()]
