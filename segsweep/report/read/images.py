"""The scores of test or validation images by several configurations."""

from collections.abc import Sequence
from pathlib import Path

from segsweep.report.read.model import Configuration, RunFacts
from segsweep.runs.folder import PER_IMAGE_FILE, PER_IMAGE_VAL_FILE
from segsweep.runs.paired import ImageScores, pair_images
from segsweep.runs.per_image import RunImages, read_run_images


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
    reads = {each.key: [read for run in each.runs if (read := files.of(run)) is not None] for each in configurations}
    is_mean = files.metric.startswith(("test/image/", "val/image/"))
    return pair_images(reads, is_mean=is_mean, group=files.group, by_image=by_image)
