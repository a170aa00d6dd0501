"""Which numbers may stand in one table."""

import json
from collections.abc import Sequence
from typing import Any

from segsweep.errors.comparison import not_comparable
from segsweep.results.record import RunRecord

DEPENDS_ON = {
    "loss": "loss",
    "surface_dice": "metrics.boundary_tolerance_px",
    "boundary_iou": "metrics.boundary_tolerance_px",
}
"""Metric, after its split, to the setting that decides what its number means."""


def require_comparable(metric: str, records: Sequence[RunRecord]) -> None:
    """Refuse a metric whose numbers mean something else in each run, such as the loss of different losses.

    Args:
        metric: Its name with the split, such as val/loss.
        records: The runs to compare.
    Raises:
        ComparisonError: With the setting it depends on, and the values found.
    """
    key = next((DEPENDS_ON[part] for part in metric.split("/")[1:] if part in DEPENDS_ON), None)
    if key is None:
        return
    found = list(dict.fromkeys(_shown(_setting(record, key)) for record in records))
    if len(found) > 1:
        raise not_comparable(metric, key, found)


def _setting(record: RunRecord, key: str) -> Any:
    if key == "loss":  # with the class weights that auto came to
        loss = record.config["loss"]
        return {**loss, "class_weights": record.training.get("class_weights", loss["class_weights"])}
    group, _, name = key.partition(".")
    return record.config[group][name]


def _shown(setting: Any) -> str:
    """Write a setting so that equal ones look equal; of a loss only what counts."""
    if isinstance(setting, dict):
        counts = {name: part for name, part in setting.items() if part and (name == "class_weights" or part["weight"])}
        return json.dumps(counts, sort_keys=True)
    return json.dumps(setting)
