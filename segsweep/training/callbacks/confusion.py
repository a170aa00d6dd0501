"""Writes the confusion of the tested split."""

from pathlib import Path
from typing import Any

from lightning import Trainer
from lightning.pytorch.callbacks import Callback
from torch import Tensor

from segsweep.core.files import write_csv
from segsweep.core.task import Task
from segsweep.runs.folder import CONFUSION_FILE


class Confusion(Callback):
    """Writes confusion.csv when the test has ended: pixels by what they are and what they were predicted as."""

    def __init__(self, folder: Path, task: Task) -> None:
        self._file = folder / CONFUSION_FILE
        self._task = task

    def on_test_end(self, trainer: Trainer, pl_module: Any) -> None:
        """Write the file."""
        if trainer.is_global_zero:
            write_csv(self._file, confusion_rows(pl_module.evaluation_counts, self._task))


def confusion_rows(counts: Tensor, task: Task) -> list[dict[str, Any]]:
    """Return a row for each class: multiclass, how many of its pixels were predicted as each; else tn, fp, fn, tp."""
    names = task.scored_names
    if task.kind == "multiclass":
        rows = zip(names, counts.tolist(), strict=True)
        return [{"truth/prediction": name, **dict(zip(names, row, strict=True))} for name, row in rows]
    tables = zip(names, counts.tolist(), strict=True)
    return [{"class": name, "tn": tn, "fp": fp, "fn": fn, "tp": tp} for name, ((tn, fp), (fn, tp)) in tables]
