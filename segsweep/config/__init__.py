"""The typed conf tree."""

from segsweep.config.data import DataConfig, FolderConfig, ShapesConfig
from segsweep.config.loggers import LoggerConfig, WandbConfig
from segsweep.config.losses import LossConfig
from segsweep.config.models import ModelConfig
from segsweep.config.schedulers import SchedulerConfig
from segsweep.config.schema import (
    AugmentationConfig,
    Config,
    EncoderConfig,
    HardwareConfig,
    MetricsConfig,
    OptimizerConfig,
    PathsConfig,
    ResolutionConfig,
    TrainerConfig,
)
from segsweep.config.sweeps import SweepConfig

__all__ = [
    "AugmentationConfig",
    "Config",
    "DataConfig",
    "EncoderConfig",
    "FolderConfig",
    "HardwareConfig",
    "LoggerConfig",
    "LossConfig",
    "MetricsConfig",
    "ModelConfig",
    "OptimizerConfig",
    "PathsConfig",
    "ResolutionConfig",
    "SchedulerConfig",
    "ShapesConfig",
    "SweepConfig",
    "TrainerConfig",
    "WandbConfig",
]
