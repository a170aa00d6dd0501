"""Builds the schedule of the learning rate.

What changes after every step is a function of the step alone, times each group's own peak: it repeats exactly after a
resume, and serves runs of a single step. torch's OneCycleLR divides by zero when the way up is one step, and its
LinearLR cannot start at zero.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR, LRScheduler, ReduceLROnPlateau, StepLR

from segsweep.core.registry import build
from segsweep.optim.spec import (
    SCHEDULES,
    ConstantConfig,
    CosineConfig,
    OneCycleConfig,
    PlateauConfig,
    PolyConfig,
    SchedulerConfig,
    StepConfig,
)

S = TypeVar("S", bound=SchedulerConfig)

Curve = Callable[[int], float]
"""From the number of steps done to the learning rate of the next one, as a fraction of the peak."""


@dataclass(frozen=True)
class Schedule:
    """A schedule, and after what it is to be moved on."""

    scheduler: LRScheduler | ReduceLROnPlateau
    interval: Literal["step", "epoch", "validation"]


@dataclass(frozen=True)
class Length:
    """How long the run is, in steps of the optimizer, and what it watches."""

    total_steps: int
    steps_per_epoch: int
    monitor_mode: Literal["min", "max"] = "max"
    """Whether more or less of the monitored metric is better."""


def build_scheduler(
    scheduler: SchedulerConfig,
    optimizer: Optimizer,
    *,
    total_steps: int,
    steps_per_epoch: int,
    monitor_mode: Literal["min", "max"],
) -> Schedule:
    """Build the schedule over the peak learning rates that the optimizer's groups now have, for 1 step or more.

    Raises:
        ConfigError: If a plugin's schedule cannot be built.
    """
    row = SCHEDULES[scheduler.name]
    length = Length(total_steps, steps_per_epoch, monitor_mode)
    return Schedule(build(row.build, scheduler, optimizer, length), row.interval)


def by_step(curve: Callable[[S, Length], Curve]) -> Callable[[S, Optimizer, Length], LambdaLR]:
    """Turn a function that gives a run's curve into the builder of a schedule that changes after every step."""

    def build_schedule(config: S, optimizer: Optimizer, length: Length) -> LambdaLR:
        return LambdaLR(optimizer, curve(config, length))

    build_schedule.__doc__ = curve.__doc__
    return build_schedule


@by_step
def onecycle(config: OneCycleConfig, length: Length) -> Curve:
    """Half a cosine up to the peak and half a cosine down, as torch's OneCycleLR; no way up if it is below a step."""
    last = length.total_steps - 1
    peak = config.warmup_fraction * length.total_steps - 1

    def fraction(step: int) -> float:
        if step < peak:
            return _cosine(config.start_lr_fraction, 1.0, step / peak)
        return _cosine(1.0, config.end_lr_fraction, _progress(step, max(peak, 0.0), last))

    return fraction


@by_step
def cosine(config: CosineConfig, length: Length) -> Curve:
    """Warm-up, then half a cosine whose last step has the end fraction."""
    warmup, last = _warmup_steps(config.warmup_epochs, length), length.total_steps - 1
    return _with_warmup(warmup, lambda step: _cosine(1.0, config.end_lr_fraction, _progress(step, warmup, last)))


@by_step
def poly(config: PolyConfig, length: Length) -> Curve:
    """Warm-up, then (1 - progress) ** power, where progress would be 1 after the last step, but never below the end."""
    warmup = _warmup_steps(config.warmup_epochs, length)

    def fraction(step: int) -> float:
        power: float = (1 - _progress(step, warmup, length.total_steps)) ** config.power
        return max(power, config.end_lr_fraction)

    return _with_warmup(warmup, fraction)


@by_step
def constant(config: ConstantConfig, length: Length) -> Curve:
    """Warm-up, then the peak."""
    return _with_warmup(_warmup_steps(config.warmup_epochs, length), lambda _step: 1.0)


def step(config: StepConfig, optimizer: Optimizer, length: Length) -> StepLR:  # noqa: ARG001
    """Drop by a factor every few epochs."""
    return StepLR(optimizer, config.every_epochs, config.factor)


def plateau(config: PlateauConfig, optimizer: Optimizer, length: Length) -> ReduceLROnPlateau:
    """Build torch's own, whose patience is one less: it drops when more validations than that were no better."""
    return ReduceLROnPlateau(
        optimizer,
        length.monitor_mode,
        factor=config.factor,
        patience=max(config.patience - 1, 0),
        threshold=0.0,
        min_lr=[group["lr"] * config.end_lr_fraction for group in optimizer.param_groups],
        eps=0.0,
    )


def _warmup_steps(warmup_epochs: float, length: Length) -> int:
    """Return the steps before the peak, at most all but the last."""
    return min(int(warmup_epochs * length.steps_per_epoch), length.total_steps - 1)


def _with_warmup(warmup: int, after: Curve) -> Curve:
    """Rise in equal parts: of 4 steps 1/5, 2/5, 3/5, 4/5, so that no step is lost at zero and the peak comes once."""
    return lambda step: (step + 1) / (warmup + 1) if step < warmup else after(step)


def _progress(step: int, start: int | float, end: int) -> float:
    """Return how much of the way from start to end is done, 0 to 1."""
    return min((step - start) / (end - start), 1.0) if end > start else 0.0


def _cosine(start: float, end: float, progress: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * progress)) / 2
