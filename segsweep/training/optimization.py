"""How the weights of a run are moved: its optimizer and its schedule, made once the network is on its device."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import nn

from segsweep.optim.optimizers import build_optimizer
from segsweep.optim.schedules import build_scheduler
from segsweep.schema import Config


class Optimization(NamedTuple):
    """Makers of the optimizer and of its schedule."""

    optimizer: Callable[[nn.Module], torch.optim.Optimizer]
    """From the network."""
    scheduler: Callable[[torch.optim.Optimizer], dict[str, Any]]
    """From the optimizer to what Lightning takes as `lr_scheduler`."""


def plan_optimization(config: Config, *, device_kind: str, precision: str, steps_per_epoch: int) -> Optimization:
    """Return the makers of optimizer and schedule.

    Args:
        config: Its optimizer, its schedule, and of its trainer the epochs, the clipping and the monitored metric.
        device_kind: cpu or cuda.
        precision: One of 32, bf16, fp16.
        steps_per_epoch: Steps of the optimizer in an epoch.
    """
    optimizer, scheduler, trainer = config.optimizer, config.scheduler, config.trainer

    def make_schedule(made: torch.optim.Optimizer) -> dict[str, Any]:
        schedule = build_scheduler(
            scheduler,
            made,
            total_steps=steps_per_epoch * trainer.max_epochs,
            steps_per_epoch=steps_per_epoch,
            monitor_mode=trainer.monitor_mode,
        )
        if schedule.interval != "validation":
            return {"scheduler": schedule.scheduler, "interval": schedule.interval}
        return {
            "scheduler": schedule.scheduler,
            "interval": "epoch",
            "frequency": trainer.validate_every_epochs,
            "monitor": trainer.monitor,
            "reduce_on_plateau": True,
        }

    # A fused optimizer unscales fp16 gradients itself, too late for clipping.
    fused = precision != "fp16" or trainer.gradient_clip_norm is None
    return Optimization(
        partial(build_optimizer, optimizer=optimizer, device_type=device_kind, fused=fused), make_schedule
    )
