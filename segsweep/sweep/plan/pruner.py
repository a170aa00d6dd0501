"""The pruner of a sweep: whether it prunes, by which metric, and how it is made of `hydra.sweeper.pruner`."""

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hydra.errors import InstantiationException
from hydra.utils import instantiate

from segsweep.sweep.plan.errors import pruner_needs_validation, pruner_wrong

if TYPE_CHECKING:
    from optuna.pruners import BasePruner

_WHITELIST = ("optuna.pruners.*",)


def prunes_nothing(pruner: Mapping[str, Any]) -> bool:
    """Tell whether `hydra.sweeper.pruner` means that every run is trained to its end."""
    return str(pruner.get("_target_", "NopPruner")).endswith("NopPruner")


def pruned_metric(objectives: Mapping[str, str]) -> str | None:
    """Return the metric by which runs are pruned; None for the monitored one.

    Raises:
        ConfigError: If there is not exactly one objective, or validation does not measure it.
    """
    if not objectives:
        return None
    if len(objectives) > 1 or not next(iter(objectives)).startswith("val/"):
        raise pruner_needs_validation(list(objectives))
    return next(iter(objectives))


def build_pruner(settings: Mapping[str, Any]) -> "BasePruner":
    """Make a pruner, and the one that it wraps.

    Args:
        settings: `hydra.sweeper.pruner`, resolved, in plain containers.
    Raises:
        ConfigError: If it cannot be made.
    """
    from optuna.exceptions import ExperimentalWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        try:
            pruner: BasePruner = instantiate(dict(settings), _execution_whitelist_=_WHITELIST)
        except (InstantiationException, TypeError, ValueError) as error:
            raise pruner_wrong(str(settings.get("_target_")), str(error.__cause__ or error)) from error
    return pruner
