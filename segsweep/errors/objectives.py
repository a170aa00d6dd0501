"""Sentences about what a sweep seeks."""

from collections.abc import Sequence

from segsweep.errors.base import ConfigError
from segsweep.errors.runs import RunError

_TRY = "such as sweep.objectives=[val/dice:max,cost/ms_per_image:min]"


def wrong_form(name: str) -> ConfigError:
    """The name of an objective is neither a metric nor a cost."""
    return ConfigError(f"sweep.objectives: {name} is neither val/..., test/... nor cost/..., {_TRY}")


def bad_direction(name: str, found: str) -> ConfigError:
    """The direction of an objective is unknown."""
    return ConfigError(f"sweep.objectives: {name} is neither max nor min but {found or 'without a direction'}, {_TRY}")


def objective_unknown(name: str, near: Sequence[str]) -> RunError:
    """A run has no such value."""
    hint = f" Nearest: {', '.join(near)}." if near else ""
    return RunError(f"The run has no {name}.{hint} See its record.json for all; choose with sweep.objectives")


def objective_undefined(name: str) -> RunError:
    """A run has no finite value."""
    return RunError(
        f"{name} of the run is no number: there was nothing to measure it on. "
        "Choose another: trainer.monitor=METRIC, or sweep.objectives"
    )
