"""Quality against cost: which numbers are drawn, and which configurations no other beats in both."""

from collections.abc import Mapping, Sequence

from segsweep.report.read.cost import COSTS
from segsweep.report.read.model import Comparison, Direction, Row

LATENCY = "ms_per_image"
_DRAWN = ("peak_memory_gib", "parameters_m", "gflops", "device_hours")


def drawn_costs(comparison: Comparison) -> dict[str, str]:
    """Return the costs that any configuration has, all the less the better, with their titles; latency first."""
    known = {name for row in comparison.rows for name in costs_of_row(row)}
    titles = {LATENCY: "inference, ms per image", **{name: COSTS[name].title for name in _DRAWN}}
    return {name: title for name, title in titles.items() if name in known}


def costs_of_row(row: Row) -> Mapping[str, float]:
    """Return what a configuration costs, by name; latency is the inverse of its speed."""
    speed = row.cost.get("eval_img_s")
    latency = {LATENCY: 1000 / speed} if speed else {}
    return {**latency, **{name: row.cost[name] for name in _DRAWN if name in row.cost}}


def front_of(points: Sequence[tuple[float, float]], direction: Direction) -> list[int]:
    """Return the places of the points that no other equals or beats in cost and quality, the cheapest first.

    Args:
        points: Cost and quality of each.
        direction: Whether more or less quality is better.
    """
    sign = 1 if direction == "max" else -1
    front: list[int] = []
    for place in sorted(range(len(points)), key=lambda place: (points[place][0], -sign * points[place][1])):
        if not front or sign * points[place][1] > sign * points[front[-1]][1]:
            front.append(place)
    return front
