"""What shows a run elsewhere: TensorBoard (`tensorboard --logdir runs`) and Weights & Biases."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from segsweep.core.processes import rank
from segsweep.runs.folder import TENSORBOARD
from segsweep.runs.logger import Rows, RunLogger, shown
from segsweep.runs.record import RunRecord
from segsweep.schema import Config

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter


def open_loggers(config: Config, folder: Path) -> tuple[RunLogger, ...]:
    """Open the loggers that the config names; only the first process of a run has any.

    Raises:
        ConfigError: If W&B is to be online and cannot be.
    """
    if rank() != 0:
        return ()
    loggers: list[RunLogger] = [TensorBoardLogger(folder)] if config.logger.tensorboard else []
    if config.logger.wandb.enabled:
        from segsweep.wandb.logger import WandbLogger

        loggers.append(WandbLogger(folder, asdict(config), config.logger.wandb))
    return tuple(loggers)


class TensorBoardLogger(RunLogger):
    """Writes event files into the run's folder; a run that goes on hides what it shows again."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._writer: SummaryWriter | None = None

    def start(self, rows: Rows) -> None:
        """Open an event file that replaces all steps after the epochs that are done."""
        from torch.utils.tensorboard import SummaryWriter

        place = self.folder / TENSORBOARD
        is_new = not list(place.glob("events.*"))
        self._writer = SummaryWriter(str(place), purge_step=len(rows) + 1)
        for row in rows if is_new else ():
            self.log_metrics(row, int(row["epoch"]))

    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Write a row, to the disk: a kill loses nothing."""
        if self._writer is not None:
            for name, value in shown(metrics).items():
                self._writer.add_scalar(name, value, step)
            self._writer.flush()

    def log_samples(self, paths: Sequence[Path], step: int) -> None:
        """Write pictures."""
        if self._writer is not None:
            for path in paths:
                with Image.open(path) as image:
                    pixels = np.asarray(image.convert("RGB"))
                self._writer.add_image(f"samples/{path.stem}", pixels, step, dataformats="HWC")

    def close(self, record: RunRecord) -> None:
        """Write the metrics of the test, at the epoch whose weights were tested."""
        if self._writer is not None:
            tested = {name: value for name, value in record.metrics.items() if name.startswith("test/")}
            self.log_metrics(shown(tested), record.training.best_epoch)
            self._writer.close()
            self._writer = None
