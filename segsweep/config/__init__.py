"""The typed conf tree."""

from segsweep.config.data import DataConfig, FolderConfig, ShapesConfig
from segsweep.config.models import ModelConfig
from segsweep.config.schedulers import SchedulerConfig
from segsweep.config.schema import (
    AugmentationConfig,
    Config,
    EncoderConfig,
    HardwareConfig,
    LoggerConfig,
    LossConfig,
    LossTermConfig,
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
    "LossTermConfig",
    "ModelConfig",
    "OptimizerConfig",
    "PathsConfig",
    "ResolutionConfig",
    "SchedulerConfig",
    "ShapesConfig",
    "TrainerConfig",
]
