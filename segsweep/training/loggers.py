"""The loggers of a run, from its config."""

import os
from dataclasses import asdict
from pathlib import Path

from segsweep.runs.logger import RunLogger
from segsweep.schema import Config


def build_loggers(config: Config, folder: Path) -> list[RunLogger]:
    """Build the loggers that the config asks for; only the first process of a run has any.

    Raises:
        ConfigError: If W&B was asked to be online and cannot be.
    """
    if os.environ.get("RANK", "0") != "0":
        return []
    loggers: list[RunLogger] = []
    if config.logger.tensorboard:
        from segsweep.training.tensorboard import TensorBoardLogger

        loggers.append(TensorBoardLogger(folder))
    if config.logger.wandb.enabled:
        from segsweep.wandb.logger import WandbLogger

        loggers.append(WandbLogger(folder, asdict(config), config.logger.wandb))
    return loggers
