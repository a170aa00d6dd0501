"""Draws sheets of samples: always the same validation images, and the best, median and worst of the tested ones."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from lightning import Trainer
from lightning.pytorch.callbacks import Callback
from torch.utils.data import DataLoader

from segsweep.data.base import Data
from segsweep.metrics.images import ImageScores
from segsweep.runs.folder import SAMPLES
from segsweep.runs.logger import RunLogger
from segsweep.runs.predictions import KINDS, write_predictions
from segsweep.training.callbacks.outputs import best_effort
from segsweep.training.loaders import Loaders

if TYPE_CHECKING:
    from segsweep.plots.sheets import Sample

NUM_FIXED = 4
NUM_KEPT = 24
"""Tested images whose predictions are kept for comparisons with other runs; about 0.5 MB."""


class Samples(Callback):
    """Predicts a few images with the weights that were tested, draws them, and hands the sheets to the loggers."""

    def __init__(
        self,
        folder: Path,
        data: Data,
        loaders: Loaders,
        *,
        palette: Sequence[Sequence[int]] | None,
        loggers: Sequence[RunLogger],
    ) -> None:
        self._folder = folder / SAMPLES
        self._data = data
        self._loaders = loaders
        self._palette = palette
        self._loggers = loggers

    def on_test_end(self, trainer: Trainer, pl_module: Any) -> None:
        """Draw."""
        if trainer.is_global_zero:
            with best_effort(self._folder), torch.no_grad(), trainer.precision_plugin.test_step_context():
                self._draw(trainer, pl_module)

    def _draw(self, trainer: Trainer, module: Any) -> None:
        from segsweep.plots.palette import class_colors
        from segsweep.plots.sheets import draw_sheet

        val, test, tested_split = self._loaders.val, self._loaders.test, self._loaders.tested_split
        sheets = {
            "val": [self._sample(module, "val", val, index) for index in evenly_spaced(len(self._data.splits["val"]))],
            f"{tested_split}_best_median_worst": [
                self._sample(module, tested_split, test, index, f"{word}, Dice {dice:.3f}\n")
                for word, index, dice in best_median_worst(module.images)
            ],
        }
        colors = class_colors(len(self._data.task.class_names), self._palette)
        paths = [self._folder / f"{name}.png" for name, samples in sheets.items() if samples]
        for path in paths:
            draw_sheet(path, sheets[path.stem], self._data.task, colors)
        self._keep(module, tested_split, test, colors)
        for logger in self._loggers:
            logger.log_samples(paths, trainer.current_epoch)
            self._overlay(logger, sheets)

    def _keep(self, module: Any, split: str, loader: DataLoader[Any], colors: Any) -> None:
        """Keep predictions of the same images as every other run on this data."""
        from segsweep.plots.sheets import panels

        places = evenly_spaced(len(self._data.splits[split]), NUM_KEPT)
        samples = [self._sample(module, split, loader, index) for index in places]
        painted = {sample.title: panels(sample, self._data.task, colors) for sample in samples}
        pictures = {name: dict(zip(KINDS, shown[:3], strict=True)) for name, shown in painted.items()}
        write_predictions(self._folder.parent, pictures)

    def _overlay(self, logger: RunLogger, sheets: dict[str, list["Sample"]]) -> None:
        """Hand over each sample with its masks."""
        for sheet, samples in sheets.items():
            for number, sample in enumerate(samples, start=1):
                logger.log_segmentation(
                    f"{sheet}-{number}",
                    sample.image,
                    pred=sample.pred,
                    truth=sample.truth,
                    class_names=self._data.task.class_names,
                    caption=sample.title,
                )

    def _sample(self, module: Any, split: str, loader: DataLoader[Any], index: int, heading: str = "") -> "Sample":
        """Predict an image of a split."""
        from segsweep.plots.sheets import Sample

        batch = module.trainer.strategy.batch_to_device(loader.collate_fn([loader.dataset[index]]))
        (pred,) = module.predict_step(batch)
        image = batch.image[0, :, : batch.content_px.height, : batch.content_px.width]
        return Sample(
            title=heading + self._data.splits[split].name(index),
            image=image.permute(1, 2, 0).cpu().numpy(),
            truth=batch.truth[0].cpu().numpy(),
            pred=pred.cpu().numpy(),
        ).shrunk()


def evenly_spaced(num_images: int, num_wanted: int = NUM_FIXED) -> list[int]:
    """Return the indices of a few images, spread over a split; the same ones whatever the seed."""
    num = min(num_images, num_wanted)
    return [(2 * place + 1) * num_images // (2 * num) for place in range(num)]


def best_median_worst(images: ImageScores) -> list[tuple[str, int, float]]:
    """Return name, position and Dice of three images by their Dice; fewer where fewer have one."""
    pairs = zip(images.means["dice"].tolist(), images.indices.tolist(), strict=True)
    order = sorted(((dice, index) for dice, index in pairs if not math.isnan(dice)), reverse=True)
    places = (
        {0: "best", len(order) // 2: "median", len(order) - 1: "worst"} if len(order) > 2 else {0: "best", 1: "worst"}
    )
    return [(word, order[place][1], order[place][0]) for place, word in places.items() if place < len(order)]
