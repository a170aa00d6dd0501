"""Which loss goes with which task, and what the best epoch may be chosen by."""

import math
import re

from segsweep.config import Config
from segsweep.config.losses import LossConfig, active_terms
from segsweep.errors import objective as errors
from segsweep.task import TaskKind

SIGMOID_TERMS = ("bce", "mcc")
"""Terms over channels that do not exclude each other; not for multiclass."""


def check_objective(config: Config, task_kind: TaskKind | None) -> None:
    """Check the loss against the task, and the monitored metric.

    Raises:
        ConfigError: If no term is active, a term does not fit the task, class weights do not fit, or the
            monitored metric is not one of the validation.
    """
    terms = active_terms(config.loss)
    if not terms:
        raise errors.no_term()
    for name in SIGMOID_TERMS:
        if name in terms and task_kind == "multiclass":
            raise errors.sigmoid_term(name)
    if "focal" in terms and config.loss.focal.alpha is not None and task_kind == "multiclass":
        raise errors.focal_alpha(config.loss.focal.alpha)
    _check_class_weights(config.loss, _num_classes(config))
    _check_monitor(config.trainer.monitor, config.trainer.monitor_mode)


def _num_classes(config: Config) -> int | None:
    names: list[str] | None = getattr(config.data, "class_names", None)
    stated: int | None = getattr(config.data, "num_classes", None)
    return len(names) if names else stated


def _check_class_weights(loss: LossConfig, num_classes: int | None) -> None:
    weights = loss.class_weights
    if weights is None or weights == "auto":
        return
    numbers = isinstance(weights, list) and all(isinstance(w, int | float) and math.isfinite(w) for w in weights)
    if not numbers or not weights or min(weights) < 0 or max(weights) <= 0:
        raise errors.class_weights_form(weights)
    if num_classes is not None and len(weights) != num_classes:
        raise errors.class_weights_length(len(weights), num_classes)


def _check_monitor(monitor: str, mode: str) -> None:
    if not re.fullmatch(r"val/\S+", monitor):
        raise errors.monitor_form(monitor)
    wanted = "min" if monitor == "val/loss" else "max"
    if mode != wanted:
        raise errors.monitor_mode(monitor, mode, wanted)
