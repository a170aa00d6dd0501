"""Schema of `conf/scheduler`: one dataclass per schedule."""

from dataclasses import dataclass, field
from typing import Any, Literal

from omegaconf import MISSING

from segsweep.config.declare import COUNT, FRACTION, FRACTION_INSIDE, FROM_ZERO, POSITIVE, number

SchedulerName = Literal["onecycle", "cosine", "poly", "step", "plateau", "constant"]


@dataclass
class SchedulerConfig:
    """What every schedule has."""

    name: SchedulerName = MISSING
    """Which schedule."""


@dataclass
class OneCycleConfig(SchedulerConfig):
    """Up to the peak and down again, changed after every step. Smith, Topin, 2018."""

    warmup_fraction: float = number(FRACTION_INSIDE)
    """Fraction of all steps on the way up."""
    start_lr_fraction: float = number(FRACTION)
    """First learning rate as a fraction of the peak."""
    end_lr_fraction: float = number(FRACTION)
    """Last learning rate as a fraction of the peak."""


@dataclass
class CosineConfig(SchedulerConfig):
    """Linear warm-up, then half a cosine, changed after every step. Loshchilov, Hutter, ICLR 2017."""

    warmup_epochs: float = number(FROM_ZERO)
    """Epochs of linear warm-up from zero; may be a fraction."""
    end_lr_fraction: float = number(FRACTION)
    """Last learning rate as a fraction of the peak."""


@dataclass
class PolyConfig(SchedulerConfig):
    """Linear warm-up, then (1 - progress) ** power, changed after every step. Chen et al., DeepLab, 2017."""

    warmup_epochs: float = number(FROM_ZERO)
    """Epochs of linear warm-up from zero; may be a fraction."""
    power: float = number(POSITIVE)
    """Exponent; 0.9 is the custom."""
    end_lr_fraction: float = number(FRACTION)
    """Least learning rate as a fraction of the peak."""


@dataclass
class StepConfig(SchedulerConfig):
    """Times `factor` every `every_epochs` epochs."""

    every_epochs: int = number(COUNT)
    """Epochs between two drops."""
    factor: float = number(FRACTION_INSIDE)
    """What the learning rate is multiplied with at a drop."""


@dataclass
class PlateauConfig(SchedulerConfig):
    """Times `factor` when trainer.monitor has not improved for `patience` validations."""

    patience: int = number(FROM_ZERO)
    """Validations without a better metric before a drop."""
    factor: float = number(FRACTION_INSIDE)
    """What the learning rate is multiplied with at a drop."""
    end_lr_fraction: float = number(FRACTION)
    """Least learning rate as a fraction of the peak."""


@dataclass
class ConstantConfig(SchedulerConfig):
    """Linear warm-up, then constant."""

    warmup_epochs: float = number(FROM_ZERO)
    """Epochs of linear warm-up from zero; may be a fraction."""


SCHEDULERS: dict[str, type[SchedulerConfig]] = {
    "onecycle": OneCycleConfig,
    "cosine": CosineConfig,
    "poly": PolyConfig,
    "step": StepConfig,
    "plateau": PlateauConfig,
    "constant": ConstantConfig,
}


@dataclass
class OptimizerConfig:
    """The optimizer."""

    name: str = MISSING
    """adam, adamw, sgd, rmsprop, or any name of `python -m segsweep.inspect optimizers`."""
    lr: float = number(POSITIVE)
    """Peak learning rate of the decoder and head."""
    weight_decay: float = number(FROM_ZERO)
    """Weight decay of all weights but norms and biases."""
    encoder_lr_scale: float = number(FROM_ZERO)
    """Learning rate of the encoder as a fraction of `lr`."""
    options: dict[str, Any] = field(default_factory=dict)
    """Further keywords of the optimizer, such as momentum or betas."""
