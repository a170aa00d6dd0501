"""Draws the scores of the tested split per class into plots/."""

from pathlib import Path
from typing import Any

from lightning import Trainer
from lightning.pytorch.callbacks import Callback

from segsweep.core.task import Task
from segsweep.runs.folder import PLOTS
from segsweep.training.not_vital import not_vital

_SCORES = {"IoU": "iou", "Dice": "dice"}


class ClassPlots(Callback):
    """Draws the confusion, and bars of IoU and Dice, when the test has ended."""

    def __init__(self, folder: Path, task: Task, *, tested_split: str) -> None:
        self._folder = folder / PLOTS
        self._task = task
        self._tested_split = tested_split

    def on_test_end(self, trainer: Trainer, pl_module: Any) -> None:
        """Draw."""
        if trainer.is_global_zero:
            with not_vital(self._folder):
                self._draw(pl_module)

    def _draw(self, module: Any) -> None:
        from segsweep.plots.scores import draw_scores

        names, found = self._task.scored_names, module.evaluation
        draw_scores(
            self._folder,
            counts=module.evaluation_counts.numpy(),
            class_names=self._task.class_names,
            scores={shown: [found[f"test/{key}/{name}"] for name in names] for shown, key in _SCORES.items()},
            scored_names=names,
            split=self._tested_split,
        )
