"""Optimizers and schedules of the learning rate: their settings, their tables, and what does not go together."""

from dataclasses import dataclass, field
from typing import Any, Literal

from omegaconf import MISSING

from segsweep.config.declare import COUNT, FRACTION, FRACTION_INSIDE, FROM_ZERO, POSITIVE, number
from segsweep.core.errors import ConfigError, near_hint, nearest
from segsweep.core.registry import Table


@dataclass
class SchedulerConfig:
    """What every schedule has."""

    name: str = MISSING
    """Which schedule: onecycle, cosine, poly, step, plateau, constant."""


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
class WarmupConfig(SchedulerConfig):
    """What the schedules with a warm-up have."""

    warmup_epochs: float = number(FROM_ZERO)
    """Epochs of linear warm-up from zero; may be a fraction."""


@dataclass
class CosineConfig(WarmupConfig):
    """Linear warm-up, then half a cosine, changed after every step. Loshchilov, Hutter, ICLR 2017."""

    end_lr_fraction: float = number(FRACTION)
    """Last learning rate as a fraction of the peak."""


@dataclass
class PolyConfig(WarmupConfig):
    """Linear warm-up, then (1 - progress) ** power, changed after every step. Chen et al., DeepLab, 2017."""

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
class ConstantConfig(WarmupConfig):
    """Linear warm-up, then constant."""


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


@dataclass(frozen=True)
class ScheduleRow:
    """A schedule of the learning rate."""

    name: str
    """Its name: `scheduler=NAME`."""
    settings: type[SchedulerConfig]
    """Its options; a plugin gives each a default."""
    build: str
    """`module:function`, called as function(settings, optimizer, length) -> a scheduler of torch; what changes after
    every step is made by `segsweep.optim.schedules.by_step` from a function of the step."""
    interval: Literal["step", "epoch", "validation"] = "step"
    """After what it is moved on."""


@dataclass(frozen=True)
class OptimizerRow:
    """An optimizer; those that have no row are asked of timm, by name."""

    name: str
    """Its name: `optimizer=NAME`."""
    build: str
    """`module:class` of a torch.optim.Optimizer, called as class(groups, lr=, weight_decay=, **optimizer.options)."""
    fused: bool = False
    """Whether it takes fused=True: one kernel for all parameters, on the CPU and on CUDA."""
    lr: float = 0.001
    """Usual learning rate; of a plugin's optimizer alone, those of the package have theirs in conf/optimizer."""
    weight_decay: float = 0.0
    """Usual weight decay, likewise."""


SCHEDULES: Table[ScheduleRow] = Table(
    "a schedule",
    [
        ScheduleRow("onecycle", OneCycleConfig, "segsweep.optim.schedules:onecycle"),
        ScheduleRow("cosine", CosineConfig, "segsweep.optim.schedules:cosine"),
        ScheduleRow("poly", PolyConfig, "segsweep.optim.schedules:poly"),
        ScheduleRow("step", StepConfig, "segsweep.optim.schedules:step", "epoch"),
        ScheduleRow("plateau", PlateauConfig, "segsweep.optim.schedules:plateau", "validation"),
        ScheduleRow("constant", ConstantConfig, "segsweep.optim.schedules:constant"),
    ],
)

OPTIMIZERS: Table[OptimizerRow] = Table(
    "an optimizer",
    [
        OptimizerRow("adam", "torch.optim:Adam", fused=True),
        OptimizerRow("adamw", "torch.optim:AdamW", fused=True),
        OptimizerRow("sgd", "torch.optim:SGD", fused=True),
        OptimizerRow("rmsprop", "torch.optim:RMSprop"),
    ],
)


def check_schedule(scheduler: SchedulerConfig, *, max_epochs: int) -> None:
    """Check that the schedule exists, and that its warm-up leaves something of the run.

    Raises:
        ConfigError: With the nearest name, or a warm-up that would fit.
    """
    row = SCHEDULES.get(scheduler.name)
    if row is None:
        hint = near_hint(nearest(scheduler.name, SCHEDULES))
        choices = ", ".join(f"scheduler={name}" for name in SCHEDULES)
        raise ConfigError(f"scheduler.name={scheduler.name} does not exist.{hint} Type one of: {choices}")
    if not isinstance(scheduler, row.settings):
        name = scheduler.name
        raise ConfigError(f"scheduler.name={name} has other settings than these. Choose it as scheduler={name}")
    warmup_epochs: float = getattr(scheduler, "warmup_epochs", 0.0)
    if warmup_epochs >= max_epochs:
        raise ConfigError(
            f"scheduler.warmup_epochs={warmup_epochs:g} takes the whole run of trainer.max_epochs={max_epochs}. "
            f"Try scheduler.warmup_epochs={max_epochs / 10:g}, or more epochs."
        )
