"""The mirrors of a run, from its config."""

import os
from dataclasses import asdict
from pathlib import Path

from segsweep.config import Config
from segsweep.training.loggers.mirror import Mirror


def build_loggers(config: Config, folder: Path) -> list[Mirror]:
    """Build the mirrors that the config asks for; only the first process of a run has any.

    Raises:
        ConfigError: If W&B was asked to be online and cannot be.
    """
    if os.environ.get("RANK", "0") != "0":
        return []
    mirrors: list[Mirror] = []
    if config.logger.tensorboard:
        from segsweep.training.loggers.tensorboard_mirror import TensorBoardMirror

        mirrors.append(TensorBoardMirror(folder))
    if config.logger.wandb.enabled:
        from segsweep.training.loggers.wandb_mirror import WandbMirror

        mirrors.append(WandbMirror(folder, asdict(config), config.logger.wandb))
    return mirrors
