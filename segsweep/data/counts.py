"""How many pixels each class has, and which classes have none."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from segsweep.core.task import IGNORE, Task
from segsweep.data import errors
from segsweep.data.base import Split

_SHOWN = 8


class PixelCounts(NamedTuple):
    """Pixels of a split."""

    per_class: tuple[int, ...]
    """In the order of `task.class_names`; multilabel: the positive ones."""
    labelled: int
    """Those that are not ignored; multilabel: on average over the classes."""


def count_pixels(split: Split, task: Task) -> PixelCounts:
    """Count the pixels of each class by reading every truth, and those that are not ignored.

    Raises:
        LabelError: If a truth holds a value that is no class.
    """
    values = np.zeros((len(task.class_names) if task.kind == "multilabel" else 1, 256), dtype=np.int64)
    for index in range(len(split)):
        truth = split.load_truth(index)
        layers = truth[..., None] if truth.ndim == 2 else truth
        counts = np.stack([np.bincount(layers[..., layer].ravel(), minlength=256) for layer in range(layers.shape[2])])
        highest = 1 if task.kind == "multilabel" else len(task.class_names) - 1
        if counts[:, highest + 1 : IGNORE].any():
            raise errors.no_class(split.name(index), np.flatnonzero(counts.any(axis=0)).tolist(), highest)
        values += counts
    labelled = int(values.sum() - values[:, IGNORE].sum()) // len(values)
    per_class = values[:, 1] if task.kind == "multilabel" else values[0, : len(task.class_names)]
    return PixelCounts(tuple(int(count) for count in per_class), labelled)


def absent_classes(task: Task, counts: Mapping[str, PixelCounts]) -> list[str]:
    """Say which classes no image of a split has, a line for each split."""
    lines = []
    for split, found in counts.items():
        absent = [name for name, count in zip(task.class_names, found.per_class, strict=True) if not count]
        if absent:
            it, its = ("it", "its") if len(absent) == 1 else ("they", "their")
            follows = f"{it} cannot be learnt" if split == "train" else f"{its} scores there say nothing"
            lines.append(f"No pixel of {split} is {_any_of(absent)}: {follows}.")
    return lines


def _any_of(names: list[str]) -> str:
    if len(names) > _SHOWN:
        return f"{', '.join(names[:_SHOWN])} or of {len(names) - _SHOWN} more classes"
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
