"""Which metrics runs have, which way is better, and what they are called."""

import math
from collections.abc import Sequence

from segsweep.core.errors import nearest
from segsweep.metrics.spec import metric_of
from segsweep.report.errors import metric_unknown
from segsweep.report.read.model import Direction, RunFacts, Spread

DEFAULT_METRIC = "dice"
SHOWN = ("accuracy", "precision", "recall", "dice", "miou")
_PER_CLASS = ("dice", "iou")
_ALIASES = {"f1": "F1"}
"""Titles of metrics that are given under another name too."""


def known_metrics(runs: Sequence[RunFacts]) -> list[str]:
    """Return the metrics that any of the runs has, in the order of their first appearance."""
    return list(dict.fromkeys(name for run in runs for name in run.record.metrics))


def choose_metric(metric: str, runs: Sequence[RunFacts]) -> str:
    """Return a metric that runs have; one without a split is that of the test images, else of the validation images.

    Raises:
        ReportError: If no run has it; the error gives the nearest names.
    """
    known = known_metrics(runs)
    own = (own_metric(metric, run) for run in runs)
    for name in (metric, f"test/{metric}", f"val/{metric}", *dict.fromkeys(own)):
        if name in known:
            return name
    raise metric_unknown(metric, known, nearest(metric, known))


def own_metric(metric: str, run: RunFacts) -> str:
    """Return a metric as a run has it: without test images its validation images were tested."""
    if metric.startswith("test/") and run.record.training.tested_split == "val":
        return f"val/{metric.removeprefix('test/')}"
    return metric


def direction_of(metric: str, runs: Sequence[RunFacts]) -> Direction:
    """Return whether more or less of a metric is better; of those that only a plugin knows the records say it."""
    row = metric_of(metric)
    if row is not None:
        return "min" if row.lower_is_better else "max"
    return "min" if any(_base(metric) in (run.record.training.lower_is_better or ()) for run in runs) else "max"


def unknown_direction(metric: str, runs: Sequence[RunFacts]) -> list[str]:
    """Say so where nobody noted which way a metric is better."""
    if metric_of(metric) or any(run.record.training.lower_is_better is not None for run in runs):
        return []
    return [f"Which way {metric_title(metric)} is better is not in the records of these runs: more is taken as better"]


def _base(metric: str) -> str:
    return next(part for part in metric.split("/")[1:] if part != "image")


def columns_for(metric: str, wanted: Sequence[str], runs: Sequence[RunFacts]) -> tuple[str, ...]:
    """Return the metrics to show, that of the ranking among them: the wanted ones, else the usual ones of its split.

    Raises:
        ReportError: If no run has one of them.
    """
    split, known = metric.partition("/")[0], set(known_metrics(runs))
    chosen = [name if name in known or "/" in name else f"{split}/{name}" for name in wanted]
    usual = [name for short in SHOWN if (name := f"{split}/{short}") in known]
    columns = [choose_metric(name, runs) for name in chosen] or usual
    return tuple(dict.fromkeys([*columns, metric] if metric not in columns else columns))


def kept_metrics(metric: str, columns: Sequence[str], known: Sequence[str]) -> list[str]:
    """Return the metrics that every row holds: all without a class, Dice and IoU of each class, and what is shown."""
    of_images = f"{metric.partition('/')[0]}/image/"
    kept = [name for name in known if name.count("/") == 1 or (name.startswith(of_images) and name.count("/") == 2)]
    of_classes = [name for name in known if name.count("/") == 2 and name.split("/")[1] in _PER_CLASS]
    return list(dict.fromkeys([metric, *columns, *kept, *of_classes]))


def metric_title(metric: str) -> str:
    """Return a metric as it is said: Dice, IoU of wall, val Dice, Dice per image."""
    split, *parts = metric.split("/")
    per_image = " per image" if parts[0] == "image" else ""
    name, of = (parts[1:] if per_image else parts)[0], "/".join((parts[1:] if per_image else parts)[1:])
    words = f"{_title(name)}{per_image}"
    words = f"{words} of {of}" if of else words
    return words if split == "test" else f"{split} {words}"


def _title(name: str) -> str:
    row = metric_of(name)
    if row is None or not row.title or name in row.aliases:
        return _ALIASES.get(name, name.replace("_", " "))
    return row.title


def spread_of(values: Sequence[float | None]) -> Spread | None:
    """Return mean and standard deviation of what is defined; None where nothing is."""
    found = [value for value in values if value is not None]
    if not found:
        return None
    mean = math.fsum(found) / len(found)
    if len(found) < 2:
        return Spread(1, mean, None)
    return Spread(len(found), mean, math.sqrt(math.fsum((value - mean) ** 2 for value in found) / (len(found) - 1)))
