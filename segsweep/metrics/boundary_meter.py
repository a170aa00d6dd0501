"""Boundary scores of every image and class of a split."""

import numpy as np
import torch
from jaxtyping import Int64, UInt8
from torch import Tensor

from segsweep.core.task import IGNORE, Task
from segsweep.metrics.boundary import BoundaryScores, boundary_scores
from segsweep.metrics.counts import Logits, Truth, decide
from segsweep.metrics.images import ImageTable


class BoundaryMeter:
    """Measures on the CPU, mask by mask: for the test, not for every epoch."""

    def __init__(self, task: Task, tolerance_px: int) -> None:
        self._task = task
        self._tolerance_px = tolerance_px
        self._table = ImageTable()

    def update(self, logits: Logits, truth: Truth, indices: Int64[Tensor, " n"]) -> None:
        """Measure a batch, given as to `PixelCounts`; unlabelled pixels belong to no mask."""
        preds = decide(logits, self._task.kind).cpu().numpy()
        rows = [self._image(pred, own) for pred, own in zip(preds, truth.cpu().numpy(), strict=True)]
        self._table.add(indices.cpu(), torch.tensor(rows, dtype=torch.float64))

    def _image(self, pred: UInt8[np.ndarray, "..."], truth: UInt8[np.ndarray, "..."]) -> list[BoundaryScores]:
        if self._task.kind == "multiclass":
            masks = [(pred == k, truth == k, truth != IGNORE) for k in range(self._task.num_outputs)]
        else:
            shape = (self._task.num_outputs, *truth.shape[-2:])
            channels = zip(pred.reshape(shape), truth.reshape(shape), strict=True)
            masks = [(its_pred == 1, its_truth == 1, its_truth != IGNORE) for its_pred, its_truth in channels]
        return [boundary_scores(its_pred & labelled, yes, self._tolerance_px) for its_pred, yes, labelled in masks]

    def collect(self) -> dict[str, Tensor]:
        """Return each score of each image and class, `[n c]`, in the order of the positions; forget them."""
        _, rows = self._table.collect()
        return dict(zip(BoundaryScores._fields, rows.unbind(-1), strict=True))
