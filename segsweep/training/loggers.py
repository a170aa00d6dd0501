"""The mirrors of a run, from its config."""

import os
from dataclasses import asdict
from pathlib import Path

from segsweep.runs.logger import Mirror
from segsweep.schema import Config


def build_loggers(config: Config, folder: Path) -> list[Mirror]:
    """Build the mirrors that the config asks for; only the first process of a run has any.

    Raises:
        ConfigError: If W&B was asked to be online and cannot be.
    """
    if os.environ.get("RANK", "0") != "0":
        return []
    mirrors: list[Mirror] = []
    if config.logger.tensorboard:
        from segsweep.training.tensorboard import TensorBoardMirror

        mirrors.append(TensorBoardMirror(folder))
    if config.logger.wandb.enabled:
        from segsweep.wandb.logger import WandbMirror

        mirrors.append(WandbMirror(folder, asdict(config), config.logger.wandb))
    return mirrors
