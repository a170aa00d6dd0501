"""Schema of `conf/scheduler`: one dataclass per schedule."""

from dataclasses import dataclass
from typing import Literal

from omegaconf import MISSING

SchedulerName = Literal["onecycle", "cosine", "poly", "step", "plateau", "constant"]


@dataclass
class SchedulerConfig:
    """What every schedule has."""

    name: SchedulerName = MISSING
    """Which schedule."""


@dataclass
class OneCycleConfig(SchedulerConfig):
    """Up to the peak and down again, changed after every step. Smith, Topin, 2018."""

    warmup_fraction: float = MISSING
    """Fraction of all steps on the way up."""
    start_lr_fraction: float = MISSING
    """First learning rate as a fraction of the peak."""
    end_lr_fraction: float = MISSING
    """Last learning rate as a fraction of the peak."""


@dataclass
class CosineConfig(SchedulerConfig):
    """Linear warm-up, then half a cosine, changed after every step. Loshchilov, Hutter, ICLR 2017."""

    warmup_epochs: float = MISSING
    """Epochs of linear warm-up from zero; may be a fraction."""
    end_lr_fraction: float = MISSING
    """Last learning rate as a fraction of the peak."""


@dataclass
class PolyConfig(SchedulerConfig):
    """Linear warm-up, then (1 - progress) ** power, changed after every step. Chen et al., DeepLab, 2017."""

    warmup_epochs: float = MISSING
    """Epochs of linear warm-up from zero; may be a fraction."""
    power: float = MISSING
    """Exponent; 0.9 is the custom."""
    end_lr_fraction: float = MISSING
    """Least learning rate as a fraction of the peak."""


@dataclass
class StepConfig(SchedulerConfig):
    """Times `factor` every `every_epochs` epochs."""

    every_epochs: int = MISSING
    """Epochs between two drops."""
    factor: float = MISSING
    """What the learning rate is multiplied with at a drop."""


@dataclass
class PlateauConfig(SchedulerConfig):
    """Times `factor` when trainer.monitor has not improved for `patience` validations."""

    patience: int = MISSING
    """Validations without a better metric before a drop."""
    factor: float = MISSING
    """What the learning rate is multiplied with at a drop."""
    end_lr_fraction: float = MISSING
    """Least learning rate as a fraction of the peak."""


@dataclass
class ConstantConfig(SchedulerConfig):
    """Linear warm-up, then constant."""

    warmup_epochs: float = MISSING
    """Epochs of linear warm-up from zero; may be a fraction."""


SCHEDULERS: dict[str, type[SchedulerConfig]] = {
    "onecycle": OneCycleConfig,
    "cosine": CosineConfig,
    "poly": PolyConfig,
    "step": StepConfig,
    "plateau": PlateauConfig,
    "constant": ConstantConfig,
}
