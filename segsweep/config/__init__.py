"""The typed conf tree."""

from segsweep.config.data import DataConfig, FolderConfig, ShapesConfig
from segsweep.config.losses import LossConfig
from segsweep.config.models import ModelConfig
from segsweep.config.schedulers import SchedulerConfig
from segsweep.config.schema import (
    AugmentationConfig,
    Config,
    EncoderConfig,
    HardwareConfig,
    LoggerConfig,
    OptimizerConfig,
    PathsConfig,
    ResolutionConfig,
    TrainerConfig,
)

__all__ = [
    "AugmentationConfig",
    "Config",
    "DataConfig",
    "EncoderConfig",
    "FolderConfig",
    "HardwareConfig",
    "LoggerConfig",
    "LossConfig",
    "ModelConfig",
    "OptimizerConfig",
    "PathsConfig",
    "ResolutionConfig",
    "SchedulerConfig",
    "ShapesConfig",
    "TrainerConfig",
]
