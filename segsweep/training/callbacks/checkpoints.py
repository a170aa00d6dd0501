"""Checkpoints that are whole or absent: the best by a metric, the last epoch, and every so many epochs."""

from functools import partial
from pathlib import Path
from typing import Any

import torch
from lightning.fabric.plugins import TorchCheckpointIO
from lightning.pytorch.callbacks import Callback, ModelCheckpoint

from segsweep.core.files import replace_by_way_of, when_disk_allows
from segsweep.runs.folder import CHECKPOINTS
from segsweep.training.callbacks.images import ImageFile, ValidatedImages


class AtomicCheckpointIO(TorchCheckpointIO):
    """Writes beside the target and renames: a kill leaves the old checkpoint or the new one, never a part.

    The name beside the target is always the same, so that what a kill leaves there is overwritten by the next.
    """

    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any | None = None) -> None:
        """Save a checkpoint; waits while the disk is full."""
        target = Path(path)

        def write() -> None:
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                replace_by_way_of(target.with_suffix(".writing"), target, partial(torch.save, checkpoint))
            except RuntimeError as error:  # torch raises it for a failed writer; the context is the reason
                if isinstance(error.__context__, OSError):
                    raise error.__context__ from None
                raise

        when_disk_allows(write, target)


class KeptCheckpoint(ModelCheckpoint):
    """Keeps every checkpoint; a class of its own, since Lightning tells the states of callbacks apart by it."""


def checkpoint_callbacks(
    folder: Path, *, monitor: str, mode: str, every_epochs: int | None, validated: ImageFile
) -> list[Callback]:
    """Return the callbacks that keep the best checkpoint with its scores, the last, and one every so many epochs.

    The last epoch has a callback of its own: `save_last` of a monitoring one goes stale while nothing improves.
    """
    shared: dict[str, Any] = {
        "dirpath": folder / CHECKPOINTS,
        "enable_version_counter": False,
        "auto_insert_metric_name": False,
    }
    best = ModelCheckpoint(filename="best", monitor=monitor, mode=mode, save_top_k=1, **shared)
    last = ModelCheckpoint(filename="last", monitor=None, save_top_k=1, save_on_train_epoch_end=True, **shared)
    callbacks: list[Callback] = [best, ValidatedImages(validated, best), last]
    if every_epochs is not None:
        callbacks.append(
            KeptCheckpoint(
                filename="epoch-{epoch:04d}",
                monitor=None,
                save_top_k=-1,
                every_n_epochs=every_epochs,
                save_on_train_epoch_end=True,
                **shared,
            )
        )
    return callbacks
