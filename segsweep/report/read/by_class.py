"""Scores of each class in the best configurations."""

from collections.abc import Sequence
from dataclasses import dataclass

from segsweep.report.read.model import Comparison, Row

MAX_ROWS = 20


@dataclass(frozen=True)
class ByClass:
    """Rows by classes."""

    metric: str
    """Without the class: test/dice."""
    rows: Sequence[Row]
    """The best configurations."""
    classes: Sequence[str]
    """Those that any of all configurations has a score of."""
    scores: Sequence[Sequence[float | None]]
    """By row and class; None where it is undefined."""


def by_class(comparison: Comparison) -> ByClass | None:
    """Return the ranking's metric by class, else Dice or IoU; None where there are not two classes with scores."""
    split, _, name = comparison.metric.partition("/")
    known = {name for row in comparison.rows for name in row.scores}
    rows = comparison.rows[:MAX_ROWS]
    for candidate in (name.partition("/")[0].removeprefix("m"), "dice", "iou"):
        metric = f"{split}/{candidate}"
        classes = [one for one in comparison.class_names if f"{metric}/{one}" in known]
        if len(classes) > 1:
            scores = [[_mean(row, f"{metric}/{one}") for one in classes] for row in rows]
            return ByClass(metric, rows, classes, scores)
    return None


def _mean(row: Row, metric: str) -> float | None:
    spread = row.scores.get(metric)
    return None if spread is None else spread.mean
