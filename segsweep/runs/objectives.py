"""What a sweep seeks, read from the record of a run."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from segsweep.core.errors import nearest
from segsweep.runs.errors import bad_direction, objective_on_test, objective_undefined, objective_unknown, wrong_form
from segsweep.runs.record import RunRecord

_FORM = re.compile(r"(val|test|cost)/\S+")


def read_objectives(settings: Sequence[str], *, allow_test: bool) -> dict[str, str]:
    """Read `sweep.objectives`, such as val/dice:max; whether a run has such a metric is known when it has run.

    Args:
        settings: `sweep.objectives`.
        allow_test: `sweep.allow_test_objective`.
    Returns:
        Metric to max or min, in the given order.
    Raises:
        ConfigError: On the first that is not val/..., test/... or cost/..., neither max nor min, or of the test images
            without being allowed.
    """
    objectives = {}
    for setting in settings:
        name, _, direction = setting.rpartition(":")
        if not _FORM.fullmatch(name or direction):
            raise wrong_form(name or direction)
        if direction not in ("max", "min") or not name:
            raise bad_direction(name or direction, direction if name else "")
        if name.startswith("test/") and not allow_test:
            raise objective_on_test(name, direction)
        objectives[name] = direction
    return objectives


def objective_values(record: RunRecord, objectives: Mapping[str, str]) -> list[float]:
    """Return the value of each objective of a run.

    Args:
        record: The run.
        objectives: Metric (val/..., test/...) or cost (cost/...) to max or min.
    Returns:
        In the order of the objectives; cost/ms_per_image is a thousandth of the inverse of cost/eval_img_s.
    Raises:
        RunError: If the run has no such value, with the nearest names; or one that is no number.
    """
    known = {**record.metrics, **_costs(record.cost.content())}
    return [_value(name, known) for name in objectives]


def _costs(cost: Mapping[str, Any]) -> dict[str, float | None]:
    found = {
        f"cost/{name}": None if value is None else float(value)
        for name, value in cost.items()
        if value is None or isinstance(value, int | float)
    }
    if speed := found.get("cost/eval_img_s"):
        found["cost/ms_per_image"] = 1000 / speed
    return found


def _value(name: str, known: Mapping[str, float | None]) -> float:
    if name not in known:
        raise objective_unknown(name, nearest(name, known))
    value = known[name]
    if value is None or not math.isfinite(value):
        raise objective_undefined(name)
    return float(value)
