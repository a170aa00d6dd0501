"""How a setting is declared: its type, what it may be, and one sentence, all at its field.

    @dataclass
    class FocalConfig(LossTermConfig):
        gamma: float = number(FROM_ZERO)
        \"\"\"Focusing exponent; 0 is cross-entropy.\"\"\"

The range is asked before a run starts, the sentence is what `python -m segsweep.inspect settings` and docs/ print.
"""

import ast
import inspect
import math
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from omegaconf import MISSING

from segsweep.core.errors import ConfigError

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
        low, high = (None if bound is None else _plain(bound) for bound in (self.low, self.high))
        above = "" if low is None else f"more than {low}" if self.low_open else f"{low} or more"
        below = "" if high is None else f"less than {high}" if self.high_open else f"at most {high}"
        if above and below and not self.low_open and not self.high_open:
            return f"{low} to {high}"
        return " and ".join(part for part in (above, below) if part) or "a finite number"


def _plain(bound: Number) -> str:
    return str(bound) if isinstance(bound, int) else f"{bound:g}"


ANY = Range()
COUNT = Range(1)
SEVERAL = Range(2)
FROM_ZERO = Range(0)
POSITIVE = Range(0, low_open=True)
FRACTION = Range(0, 1)
FRACTION_BELOW_ONE = Range(0, 1, high_open=True)
FRACTION_INSIDE = Range(0, 1, low_open=True, high_open=True)
SEED = Range(0, 2**32 - 1)


def number(accepted: Range, *, or_auto: bool = False, default: Any = MISSING) -> Any:
    """Declare a number, or a list of numbers.

    Args:
        accepted: What each number may be.
        or_auto: Whether the word auto may stand in its place.
        default: For a setting of a plugin; those of the package have their values in conf/.
    """
    return field(default=default, metadata={"range": accepted, "or_auto": or_auto})


def choice(*words: str, default: Any = MISSING) -> Any:
    """Declare a word of which some spellings are numbers to Hydra, so that a Literal cannot list them."""
    return field(default=default, metadata={"choices": words})


def check_values(tree: Any, prefix: str = "") -> None:
    """Check every number and word of a tree of settings against its declaration.

    Raises:
        ConfigError: On the first that is not accepted.
    """
    for entry in fields(tree):
        key, value = f"{prefix}{entry.name}", getattr(tree, entry.name)
        if is_dataclass(value):
            check_values(value, f"{key}.")
        elif (words := entry.metadata.get("choices")) and value not in words:
            raise ConfigError(f"{key}={value} does not exist. Choose one of: {', '.join(words)}")
        elif accepted := entry.metadata.get("range"):
            _check_number(key, value, accepted, or_auto=entry.metadata["or_auto"])


def _check_number(key: str, value: Any, accepted: Range, *, or_auto: bool) -> None:
    if or_auto and isinstance(value, str):
        if value != "auto":
            raise ConfigError(
                f"{key}={value} is not a number. It may be auto, or a whole number, {accepted}. Type {key}=auto"
            )
        return
    for each in _numbers(value):
        if not accepted.holds(each):
            raise ConfigError(f"{key}={each:g} is out of range: it must be {accepted}.")


def _numbers(value: Any) -> Iterator[Number]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _numbers(item)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value


@cache
def sentences(settings: type) -> dict[str, str]:
    """Return the sentence under each field of a dataclass, those of its bases included, as far as there is a source."""
    found: dict[str, str] = {}
    for owner in reversed(settings.__mro__[:-1]):
        try:
            source = inspect.getsource(owner)
        except (OSError, TypeError):  # made from a table, or typed into a prompt
            continue
        (definition,) = ast.parse(textwrap.dedent(source)).body
        assert isinstance(definition, ast.ClassDef)
        for statement, below in pairwise(definition.body):
            if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
                continue
            if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
                found[statement.target.id] = inspect.cleandoc(str(below.value.value)).replace("\n", " ")
    return found
