"""Values of each image, kept on the device and collected once per epoch."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
import torch.distributed
from jaxtyping import Int64, Shaped
from torch import Tensor

from segsweep.metrics.scores import Outcomes
from segsweep.metrics.spec import METRICS, counted_metrics


class ImageTable:
    """Rows by the position of an image in its split."""

    def __init__(self) -> None:
        self._parts: list[tuple[Tensor, Tensor]] = []

    def add(self, indices: Int64[Tensor, " n"], rows: Shaped[Tensor, "n ..."]) -> None:
        """Keep the rows of a batch."""
        self._parts.append((indices, rows))

    def collect(self) -> tuple[Tensor, Tensor]:
        """Return the positions of all images, in order, and their rows, from all processes, on the CPU; forget them."""
        own = [torch.cat(column).cpu() for column in zip(*self._parts, strict=True)]
        self._parts = []
        gathered = [own]
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            gathered = [own] * torch.distributed.get_world_size()
            torch.distributed.all_gather_object(gathered, own)
        indices, rows = (torch.cat(column) for column in zip(*filter(None, gathered), strict=True))
        order = indices.argsort()
        return indices[order], rows[order]


class ImageScores(NamedTuple):
    """Scores of each image; NaN where neither the truth nor the prediction holds a class."""

    indices: Tensor
    """int64 [n], positions in the split, in order."""
    per_class: dict[str, Tensor]
    """float64 [n c] by name: iou, dice, ..."""
    means: dict[str, Tensor]
    """float64 [n] by name, over the classes that occur in the image: miou, dice, ..."""
    pixels: Outcomes | None = None
    """Counts of each image and class, [n c]."""

    def averages(self, prefix: str) -> dict[str, float]:
        """Return the averages of the means over the images that have one, as `PREFIX/NAME`."""
        return {f"{prefix}/{name}": float(values.nanmean()) for name, values in self.means.items()}

    def class_averages(self, prefix: str, class_names: Sequence[str]) -> dict[str, float]:
        """Return the averages of each class over the images where it occurs, as `PREFIX/NAME/CLASS`."""
        averages = {}
        for name, values in self.per_class.items():
            for of, average in zip(class_names, values.nanmean(0).tolist(), strict=True):
                averages[f"{prefix}/{name}/{of}"] = average
        return averages

    def rows(
        self, image_names: Sequence[str], groups: Sequence[str | None], class_names: Sequence[str]
    ) -> list[dict[str, str | int | float]]:
        """Return a row for each image: name, position, group, the scores that the table of metrics says, and counts.

        Those are Dice and IoU of each class and their means, and boundary scores if they were measured. The counts tp,
        fp, fn and tn of each class are what a score that pools the pixels of all images can be made of again, for any
        choice of images.

        Args:
            image_names: By position in the split.
            groups: By position in the split; None for an image that is a group of its own.
            class_names: Of the scored classes.
        """
        counted = sorted(metric.name for metric in counted_metrics() if metric.in_image_file)
        along_outlines = [
            metric.name for metric in METRICS.values() if metric.boundary and metric.name in self.per_class
        ]
        shown = [*counted, *along_outlines]
        rows = []
        for number, index in enumerate(self.indices.tolist()):
            row: dict[str, str | int | float] = {
                "image": image_names[index],
                "index": index,
                "group": groups[index] or "",
            }
            for name in shown:
                values = self.per_class[name][number].tolist()
                row |= {f"{name}/{of}": value for of, value in zip(class_names, values, strict=True)}
            row |= {name: float(self.means[METRICS[name].means[0]][number]) for name in shown}
            rows.append(row | self._counts(number, class_names))
        return rows

    def _counts(self, number: int, class_names: Sequence[str]) -> dict[str, int]:
        if self.pixels is None:
            return {}
        counted: dict[str, int] = {}
        for part, counts in self.pixels._asdict().items():
            counted |= {f"{part}/{of}": count for of, count in zip(class_names, counts[number].tolist(), strict=True)}
        return counted
