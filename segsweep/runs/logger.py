"""What every mirror of a run can do."""

import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from jaxtyping import UInt8
from lightning.pytorch.loggers import Logger

from segsweep.runs.record import RunRecord

Rows: TypeAlias = Sequence[Mapping[str, float]]
Mask: TypeAlias = UInt8[np.ndarray, "h w"] | UInt8[np.ndarray, "k h w"]


class Mirror(Logger):
    """Shows a run elsewhere while it goes on. Lightning knows it as a logger, so that callbacks find it there."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder.resolve()
        self.is_started = False
        """A run that begins again in this process, after its memory ran out, goes on showing itself here."""

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

    def log_segmentation(
        self,
        name: str,
        image: UInt8[np.ndarray, "h w c"],
        *,
        pred: Mask,
        truth: Mask,
        class_names: Sequence[str],
        caption: str,
    ) -> None:
        """Show an image with its masks, where the mirror can lay them over it.

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

    @property
    def name(self) -> str:
        """Name of the run's folder."""
        return self.folder.name

    @property
    def version(self) -> str:
        """Nothing: the name says it."""
        return ""

    @property
    def save_dir(self) -> str:
        """The run's folder."""
        return str(self.folder)

    def log_hyperparams(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: the config is known from the start."""


def shown(metrics: Mapping[str, float | None]) -> dict[str, float]:
    """Return what can be drawn: numbers that are finite."""
    return {key: value for key, value in metrics.items() if value is not None and math.isfinite(value)}
