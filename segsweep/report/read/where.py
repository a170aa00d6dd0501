"""Conditions on runs: `--where data.name=camvid`."""

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from segsweep.config.dotted import MISSING, as_typed, flatten, value_at
from segsweep.core.errors import nearest
from segsweep.report.errors import key_unknown, no_run_matches, not_a_condition, not_a_number
from segsweep.report.read.model import RunFacts
from segsweep.report.read.settings import NAMED_GROUPS, headline

_FORM = re.compile(r"\s*([\w./-]+)\s*(!=|<=|>=|=|<|>)\s*(.*?)\s*")
_ORDERS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_MANY_VALUES = 12


@dataclass(frozen=True)
class Condition:
    """One condition, read."""

    text: str
    key: str
    sign: str
    values: tuple[str, ...]

    def holds(self, value: Any) -> bool:
        """Tell whether a setting's value meets it; a setting that a run does not have meets only !=."""
        if self.sign in _ORDERS:
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            return is_number and _ORDERS[self.sign](float(value), float(self.values[0]))
        return (as_typed(value) in self.values or str(value) in self.values) == (self.sign == "=")


def read_condition(text: str) -> Condition:
    """Read a condition: KEY=VALUE, KEY=VALUE,VALUE (either), KEY!=VALUE, KEY<NUMBER and so on.

    Raises:
        ReportError: If it is none.
    """
    parts = _FORM.fullmatch(text)
    if parts is None or not parts[3]:
        raise not_a_condition(text)
    key, sign, values = parts[1], parts[2], tuple(value.strip() for value in parts[3].split(","))
    if sign in _ORDERS:
        _require_number(text, parts[3])
    return Condition(text, key, sign, values)


def choose_runs(runs: Sequence[RunFacts], conditions: Sequence[str]) -> list[RunFacts]:
    """Return the runs that meet all conditions.

    Raises:
        ReportError: If one cannot be read, names no setting, or leaves no run.
    """
    chosen = list(runs)
    for condition in map(read_condition, conditions):
        values = [value_of(run, condition.key) for run in chosen]
        if all(value is MISSING for value in values):
            known = dict.fromkeys(key for run in runs for key in _names(run))
            raise key_unknown(condition.text, condition.key, nearest(condition.key, known))
        kept = [run for run, value in zip(chosen, values, strict=True) if condition.holds(value)]
        if not kept:
            found = sorted({as_typed(value) for value in values if value is not MISSING})
            more = [f"... ({len(found)})"] if len(found) > _MANY_VALUES else []
            raise no_run_matches(condition.text, condition.key, [*found[:_MANY_VALUES], *more])
        chosen = kept
    return chosen


def value_of(run: RunFacts, key: str) -> Any:
    """Return a run's value of a dotted setting, of a group's name, or of status or name."""
    if key in ("status", "name"):
        return run.record.status if key == "status" else run.name
    if key in NAMED_GROUPS:
        return headline(key, run.settings)
    value = value_at(run.record.config, key)
    return next(iter(flatten({"": value}).values())) if isinstance(value, list) else value


def _names(run: RunFacts) -> list[str]:
    return [*NAMED_GROUPS, "status", "name", *flatten(run.record.config)]


def _require_number(text: str, value: str) -> None:
    try:
        float(value)
    except ValueError:
        raise not_a_number(text, value) from None
