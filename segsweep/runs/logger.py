"""What shows a run elsewhere while it goes on: TensorBoard, Weights & Biases. The run's folder stays the truth."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
from jaxtyping import UInt8

from segsweep.runs.record import RunRecord

Rows: TypeAlias = Sequence[Mapping[str, float]]
Mask: TypeAlias = UInt8[np.ndarray, "h w"] | UInt8[np.ndarray, "k h w"]


class RunLogger(ABC):
    """Shows a run elsewhere, epoch by epoch; what fails here must not end the run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.is_started = False
        """Whether `start` was called: a run that begins again in this process, out of memory, keeps its loggers."""

    @property
    def name(self) -> str:
        """Name of the run's folder."""
        return self.folder.name

    @abstractmethod
    def start(self, rows: Rows) -> None:
        """Begin, or go on in place.

        Args:
            rows: History of the epochs that were done before.
        """

    @abstractmethod
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Show the row of an epoch; `step` is the epoch."""

    @abstractmethod
    def log_samples(self, paths: Sequence[Path], step: int) -> None:
        """Show pictures under the names of their files; `step` is the epoch."""

    def log_segmentation(  # noqa: B027  # not every logger can
        self,
        name: str,
        image: UInt8[np.ndarray, "h w c"],
        *,
        pred: Mask,
        truth: Mask,
        class_names: Sequence[str],
        caption: str,
    ) -> None:
        """Show an image with its masks, where the logger can lay them over it.

        Args:
            name: Name of the image.
            image: One channel or RGB.
            pred: Class of each pixel; of classes that overlap, a layer of 0 and 1 for each.
            truth: The same; `IGNORE` marks unlabelled pixels.
            class_names: In the order of the classes.
            caption: Text below the image.
        """

    @abstractmethod
    def close(self, record: RunRecord) -> None:
        """Show how the run ended, and end."""


def shown(metrics: Mapping[str, float | None]) -> dict[str, float]:
    """Return what can be drawn: numbers that are finite."""
    return {key: value for key, value in metrics.items() if value is not None and math.isfinite(value)}
