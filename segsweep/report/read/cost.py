"""What a configuration costs: the columns of cost, and those that quality is drawn against."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from segsweep.core.text import plural
from segsweep.report.read.comparison import Comparison
from segsweep.report.read.model import Row, RunFacts
from segsweep.runs.record import RunRecord


class Cost(NamedTuple):
    """A column of cost."""

    title: str
    digits: int
    of: Callable[[RunRecord], Any]
    """Read from a record; None or absent where it was not measured."""


def _device_hours(record: RunRecord) -> float | None:
    seconds = record.cost.train_seconds
    return None if seconds is None else seconds * (record.environment.num_devices or 1) / 3600


def _millions(record: RunRecord) -> float | None:
    number = record.cost.num_parameters
    return None if number is None else number / 1e6


COSTS: dict[str, Cost] = {
    "parameters_m": Cost("M parameters", 1, _millions),
    "gflops": Cost("GFLOPs", 1, lambda record: record.cost.gflops),
    "train_img_s": Cost("train img/s", 0, lambda record: record.cost.train_img_s),
    "eval_img_s": Cost("inference img/s", 0, lambda record: record.cost.eval_img_s),
    "peak_memory_gib": Cost("peak GiB", 1, lambda record: record.cost.peak_memory_gib),
    "device_hours": Cost("device h", 2, _device_hours),
}
"""By name. device_hours of training, summed over replicates; all others are means over them."""


_TIMED = ("train_img_s", "eval_img_s", "device_hours")
"""Costs that other runs on the machine make larger."""


def was_shared(row: Row, name: str) -> bool:
    """Tell whether a cost was measured while other runs shared the machine."""
    return name in _TIMED and any(run.record.cost.concurrent_runs for run in row.configuration.runs)


def sharing_notes(runs: Sequence[RunFacts]) -> list[str]:
    """Say how many runs shared their machine with others, so that their times say little of the network."""
    others = [number for run in runs if (number := run.record.cost.concurrent_runs)]
    if not others:
        return []
    return [
        f"* measured while other runs shared the machine: {len(others)} of {plural(len(runs), 'run')}, with up to "
        f"{plural(max(others), 'other')}. Alone: python -m segsweep.inspect speed RUN"
    ]


def costs_of(runs: Sequence[RunFacts]) -> Mapping[str, float]:
    """Return the cost of the runs of one configuration; what was not measured is absent."""
    found = {}
    for name, cost in COSTS.items():
        values = [float(value) for run in runs if isinstance(value := cost.of(run.record), int | float)]
        if values:
            found[name] = sum(values) if name == "device_hours" else sum(values) / len(values)
    return found


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
