"""All numbers of an evaluation: pooled over the data set, averaged per image, and along the boundaries."""

from typing import NamedTuple

import torch
from jaxtyping import Int64
from torch import Tensor, nn

from segsweep.core.registry import build
from segsweep.core.task import Task
from segsweep.metrics.boundary_meter import BoundaryMeter
from segsweep.metrics.counts import Logits, PixelCounts, Truth
from segsweep.metrics.images import ImageScores, ImageTable
from segsweep.metrics.scores import Outcomes, mean_over_classes, score_classes
from segsweep.metrics.spec import METRICS


class Evaluation(NamedTuple):
    """What an evaluation found."""

    scores: dict[str, float]
    """By name, such as test/miou; see `metrics.spec`."""
    counts: Int64[Tensor, "c c"] | Int64[Tensor, "k 2 2"]
    """Pixels over all images."""
    images: ImageScores
    """Scores of each image."""


class Evaluator(nn.Module):
    """Counts an epoch of evaluation and says what came out; nothing waits for the device before the end."""

    def __init__(self, task: Task, *, boundary_tolerance_px: int | None = None) -> None:
        super().__init__()
        self.task = task
        self.counts = PixelCounts(task)
        self._images = ImageTable()
        self._boundary = None if boundary_tolerance_px is None else BoundaryMeter(task, boundary_tolerance_px)

    def update(self, logits: Logits, truth: Truth, indices: Int64[Tensor, " n"]) -> None:
        """Count a batch of images of one size, given as to `PixelCounts`, with their positions in the split."""
        self._images.add(indices, torch.stack(self.counts.update(logits, truth), 1))
        if self._boundary is not None:
            self._boundary.update(logits, truth, indices)

    def finish(self, prefix: str, *, image_classes: bool) -> Evaluation:
        """Return what was counted of a split in all processes, and forget it.

        Raises:
            LabelError: If a truth held a value that is neither a class nor 255.
        """
        self.counts.reduce()
        counts, pooled = self.counts.counts(), self.counts.outcomes()
        self.counts.reset()
        indices, rows = self._images.collect()
        outcomes = Outcomes(*rows.unbind(1))
        images = self._image_scores(indices, outcomes)
        scores = self._pooled(prefix, pooled) | images.averages(f"{prefix}/image")
        if image_classes:
            scores |= images.class_averages(f"{prefix}/image", self.task.scored_names)
        scores |= {
            f"{prefix}/{row.name}": float(build(row.of_images, outcomes)) for row in METRICS.values() if row.of_images
        }
        return Evaluation(scores, counts, images)

    def _image_scores(self, indices: Tensor, outcomes: Outcomes) -> ImageScores:
        per_class = score_classes(outcomes)
        means = mean_over_classes(per_class, outcomes, exclusive=self.counts.exclusive)
        if self._boundary is not None:
            boundary = self._boundary.collect()
            per_class |= boundary
            means |= {name: values.nanmean(-1) for name, values in boundary.items()}
        return ImageScores(indices, per_class, means, outcomes)

    def _pooled(self, prefix: str, outcomes: Outcomes) -> dict[str, float]:
        per_class = score_classes(outcomes)
        means = mean_over_classes(per_class, outcomes, exclusive=self.counts.exclusive)
        scores = {f"{prefix}/{name}": float(value) for name, value in means.items()}
        for name, values in per_class.items():
            by_class = zip(self.task.scored_names, values.tolist(), strict=True)
            scores |= {f"{prefix}/{name}/{of}": value for of, value in by_class}
        return scores
