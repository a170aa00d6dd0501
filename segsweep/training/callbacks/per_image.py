"""Writes the scores of every tested image."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lightning import Trainer
from lightning.pytorch.callbacks import Callback

from segsweep.core.files import write_csv
from segsweep.data.base import Split
from segsweep.runs.folder import PER_IMAGE_FILE


class PerImage(Callback):
    """Writes per_image.csv when the test has ended: Dice, IoU and pixel counts of each image and class."""

    def __init__(self, folder: Path, split: Split, class_names: Sequence[str]) -> None:
        self._file = folder / PER_IMAGE_FILE
        self._split = split
        self._class_names = class_names

    def on_test_end(self, trainer: Trainer, pl_module: Any) -> None:
        """Write the file."""
        if trainer.is_global_zero:
            names = [self._split.name(index) for index in range(len(self._split))]
            write_csv(self._file, pl_module.images.rows(names, self._class_names))
