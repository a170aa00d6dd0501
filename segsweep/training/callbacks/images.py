"""Files of the scores of each image: those that were tested, and the validation images of the best epoch."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback, Checkpoint, ModelCheckpoint
from torch import Tensor

from segsweep.core.files import write_csv
from segsweep.data.base import Data
from segsweep.data.spec import DataConfig
from segsweep.data.splits.groups import image_groups
from segsweep.metrics.images import ImageScores


@dataclass(frozen=True)
class ImageFile:
    """A file of the scores of each image of a split: Dice, IoU and pixel counts of each class."""

    file: Path
    names: Sequence[str]
    """Of the images, by their position in the split."""
    groups: Sequence[str | None]
    class_names: Sequence[str]

    def write(self, images: ImageScores) -> None:
        """Write the file."""
        write_csv(self.file, images.rows(self.names, self.groups, self.class_names))


def image_file(file: Path, data: Data, settings: DataConfig, split: str) -> ImageFile:
    """Describe the file of a split.

    Args:
        file: Where it is written.
        data: Its images, their names and classes.
        settings: What says which images belong together.
        split: Whose images it holds.
    """
    names = [data.splits[split].name(index) for index in range(len(data.splits[split]))]
    return ImageFile(file, names, image_groups(data, settings, split), data.task.scored_names)


class TestedImages(Callback):
    """Writes per_image.csv when the test has ended."""

    def __init__(self, file: ImageFile) -> None:
        self._file = file

    def on_test_end(self, trainer: Trainer, pl_module: Any) -> None:
        """Write the file."""
        if trainer.is_global_zero:
            self._file.write(pl_module.images)


class ValidatedImages(Checkpoint):
    """Writes per_image_val.csv in each epoch whose weights become the best checkpoint.

    A checkpoint to Lightning, which calls those last and in their order: this one after the best, whose score has
    changed where it was saved, and before the last, so that an epoch that is cut short there is trained and written
    again.
    """

    def __init__(self, file: ImageFile, best: ModelCheckpoint) -> None:
        self._file = file
        self._best = best
        self._known: Tensor | None = None

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Remember how good the best checkpoint is; of a run that goes on, that of an earlier epoch."""
        self._known = self._best.best_model_score

    def on_train_epoch_end(self, trainer: Trainer, pl_module: Any) -> None:
        """Write the file where the best checkpoint is of this epoch."""
        if self._best.best_model_score is self._known:
            return
        self._known = self._best.best_model_score
        if trainer.is_global_zero:
            self._file.write(pl_module.images)
