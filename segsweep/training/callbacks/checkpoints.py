"""Checkpoints that are whole or absent: the best by a metric, the last epoch, and every so many epochs."""

from pathlib import Path
from typing import Any

from lightning.fabric.plugins import TorchCheckpointIO
from lightning.pytorch.callbacks import Callback, ModelCheckpoint

from segsweep.results.folder import CHECKPOINTS


class AtomicCheckpointIO(TorchCheckpointIO):
    """Writes beside the target and renames: a kill leaves the old checkpoint or the new one, never a part."""

    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any | None = None) -> None:
        """Save a checkpoint."""
        temporary = Path(path).with_suffix(".writing")
        super().save_checkpoint(checkpoint, temporary, storage_options)
        temporary.replace(path)


class KeptCheckpoint(ModelCheckpoint):
    """Keeps every checkpoint; a class of its own, since Lightning tells the states of callbacks apart by it."""


def checkpoint_callbacks(
    folder: Path, *, monitor: str, mode: str, every_epochs: int | None
) -> tuple[ModelCheckpoint, list[Callback]]:
    """Return the callback that keeps the best checkpoint, and all of them.

    The last epoch has a callback of its own: `save_last` of a monitoring one goes stale while nothing improves.
    """
    shared: dict[str, Any] = {
        "dirpath": folder / CHECKPOINTS,
        "enable_version_counter": False,
        "auto_insert_metric_name": False,
    }
    best = ModelCheckpoint(filename="best", monitor=monitor, mode=mode, save_top_k=1, **shared)
    last = ModelCheckpoint(filename="last", monitor=None, save_top_k=1, save_on_train_epoch_end=True, **shared)
    callbacks: list[Callback] = [best, last]
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
    return best, callbacks
