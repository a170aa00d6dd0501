"""Intervals as lines of a small picture; all of a table share one scale."""

from collections.abc import Sequence
from typing import NamedTuple

WIDTH_PX = 160
_MARGIN_PX = 6


class Drawn(NamedTuple):
    """Where the parts of an interval lie, px from the left."""

    low: float
    middle: float
    high: float
    zero: float


def drawn_intervals(intervals: Sequence[tuple[float, float, float]]) -> list[Drawn]:
    """Return places for intervals, each low, middle, high, on a scale that holds all of them and zero."""
    numbers = [0.0, *(number for interval in intervals for number in interval)]
    least, width = min(numbers), (max(numbers) - min(numbers)) or 1.0

    def at(number: float) -> float:
        return round(_MARGIN_PX + (number - least) / width * (WIDTH_PX - 2 * _MARGIN_PX), 1)

    return [Drawn(at(low), at(middle), at(high), at(0.0)) for low, middle, high in intervals]
