"""What every number of the conf tree may be. A test holds that each number of the schema has a row."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from segsweep.config import Config
from segsweep.errors import settings

Number = int | float
"""Where floats are wanted, 1 is one too."""


@dataclass(frozen=True)
class Range:
    """An interval of numbers; None is no bound."""

    low: Number | None = None
    high: Number | None = None
    low_open: bool = False
    high_open: bool = False

    def holds(self, number: Number) -> bool:
        """Say whether the number lies inside; infinity and NaN never do."""
        if not math.isfinite(number):
            return False
        above = self.low is None or number > self.low or (number == self.low and not self.low_open)
        below = self.high is None or number < self.high or (number == self.high and not self.high_open)
        return above and below

    def __str__(self) -> str:
        low = "" if self.low is None else f"more than {self.low:g}" if self.low_open else f"{self.low:g} or more"
        high = "" if self.high is None else f"less than {self.high:g}" if self.high_open else f"at most {self.high:g}"
        if low and high and not self.low_open and not self.high_open:
            return f"{self.low:g} to {self.high:g}"
        return " and ".join(part for part in (low, high) if part) or "a finite number"


COUNT = Range(1)
FROM_ZERO = Range(0)
POSITIVE = Range(0, low_open=True)
FRACTION = Range(0, 1)
FRACTION_BELOW_ONE = Range(0, 1, high_open=True)
FRACTION_INSIDE = Range(0, 1, low_open=True, high_open=True)
FACTOR_DOWN = FRACTION_INSIDE

RANGES: dict[str, Range] = {
    "seed": Range(0, 2**32 - 1),
    "model.encoder_depth": Range(1, 5),
    "model.decoder_channels": COUNT,
    "model.decoder_pab_channels": COUNT,
    "model.decoder_pyramid_channels": COUNT,
    "model.decoder_segmentation_channels": COUNT,
    "model.decoder_dropout": FRACTION_BELOW_ONE,
    "model.psp_out_channels": COUNT,
    "model.psp_dropout": FRACTION_BELOW_ONE,
    "model.encoder_output_stride": Range(8, 32),
    "model.decoder_atrous_rates": COUNT,
    "model.decoder_aspp_dropout": FRACTION_BELOW_ONE,
    "model.upsampling": COUNT,
    "model.encoder_output_indices": Range(),
    "model.decoder_intermediate_channels": COUNT,
    "model.decoder_fusion_channels": COUNT,
    "loss.cross_entropy.weight": FROM_ZERO,
    "loss.cross_entropy.label_smoothing": FRACTION_BELOW_ONE,
    "loss.bce.weight": FROM_ZERO,
    "loss.bce.label_smoothing": FRACTION_BELOW_ONE,
    "loss.focal.weight": FROM_ZERO,
    "loss.focal.gamma": FROM_ZERO,
    "loss.focal.alpha": FRACTION,
    "loss.dice.weight": FROM_ZERO,
    "loss.dice.smooth": FROM_ZERO,
    "loss.jaccard.weight": FROM_ZERO,
    "loss.jaccard.smooth": FROM_ZERO,
    "loss.tversky.weight": FROM_ZERO,
    "loss.tversky.smooth": FROM_ZERO,
    "loss.tversky.alpha": FROM_ZERO,
    "loss.tversky.beta": FROM_ZERO,
    "loss.tversky.gamma": POSITIVE,
    "loss.lovasz.weight": FROM_ZERO,
    "loss.mcc.weight": FROM_ZERO,
    "optimizer.lr": POSITIVE,
    "optimizer.weight_decay": FROM_ZERO,
    "optimizer.encoder_lr_scale": FROM_ZERO,
    "scheduler.warmup_fraction": FRACTION_INSIDE,
    "scheduler.start_lr_fraction": FRACTION,
    "scheduler.end_lr_fraction": FRACTION,
    "scheduler.warmup_epochs": FROM_ZERO,
    "scheduler.power": POSITIVE,
    "scheduler.every_epochs": COUNT,
    "scheduler.factor": FACTOR_DOWN,
    "scheduler.patience": FROM_ZERO,
    "resolution.height": COUNT,
    "resolution.width": COUNT,
    "data.channels": COUNT,
    "data.fold": FROM_ZERO,
    "data.num_folds": Range(2),
    "data.size": Range(16),
    "data.num_train": COUNT,
    "data.num_val": COUNT,
    "data.num_test": FROM_ZERO,
    "data.shapes_seed": Range(0, 2**32 - 1),
    "data.num_classes": Range(2, 255),
    "data.ignore_index": Range(0, 65535),
    "data.palette": Range(0, 255),
    "data.ignore_colour": Range(0, 255),
    "data.value_range": Range(),
    "trainer.max_epochs": COUNT,
    "trainer.batch_size": COUNT,
    "trainer.accumulate_batches": COUNT,
    "trainer.gradient_clip_norm": POSITIVE,
    "trainer.ema_decay": FRACTION_INSIDE,
    "trainer.validate_every_epochs": COUNT,
    "trainer.early_stopping_patience": COUNT,
    "trainer.checkpoint_every_epochs": COUNT,
    "metrics.boundary_tolerance_px": COUNT,
    "hardware.devices": COUNT,
    "hardware.num_workers": FROM_ZERO,
    "hardware.num_threads": COUNT,
    "hardware.eval_batch_size": COUNT,
    "logger.wandb.finish_timeout_s": POSITIVE,
    "sweep.max_hours": POSITIVE,
    "sweep.max_runs": COUNT,
    "sweep.max_failures": COUNT,
    "sweep.retries": FROM_ZERO,
    "sweep.trial": FROM_ZERO,
}
"""Key to what is accepted; a list is checked number by number."""

ALSO_AUTO = ("hardware.devices", "hardware.num_workers")
"""Numbers in whose place the word auto may stand."""


CHOICES: dict[str, tuple[str, ...]] = {"trainer.precision": ("auto", "32", "bf16", "fp16")}
"""Words of which one may be a number to Hydra, so that the schema cannot list them."""


def check_ranges(config: Config) -> None:
    """Check every number of the tree against its row.

    Raises:
        ConfigError: On the first number outside.
    """
    for key, value in _leaves(config, ""):
        if key in ALSO_AUTO and isinstance(value, str):
            if value != "auto":
                raise settings.not_auto(key, value, str(RANGES[key]))
        elif key in CHOICES and value not in CHOICES[key]:
            raise settings.not_a_choice(key, value, CHOICES[key])
        elif key in RANGES:
            for number in _numbers(value):
                if not RANGES[key].holds(number):
                    raise settings.out_of_range(key, number, str(RANGES[key]))
    if config.data.fold is not None and config.data.fold >= config.data.num_folds:
        raise settings.no_such_fold(config.data.fold, config.data.num_folds)


def _leaves(node: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for field in fields(node):
        value = getattr(node, field.name)
        if is_dataclass(value):
            yield from _leaves(value, f"{prefix}{field.name}.")
        else:
            yield f"{prefix}{field.name}", value


def _numbers(value: Any) -> Iterator[Number]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _numbers(item)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value
