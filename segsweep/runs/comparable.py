"""What the number of a metric means, where a setting decides it."""

import json
from typing import Any

from segsweep.runs.record import RunRecord

DEPENDS_ON = {
    "loss": "loss",
    "surface_dice": "metrics.boundary_tolerance_px",
    "boundary_iou": "metrics.boundary_tolerance_px",
}
"""Metric, after its split, to the setting that decides what its number means."""


def meaning_of(metric: str, record: RunRecord) -> str:
    """Return a text that is equal for runs whose numbers of a metric mean the same; empty for most metrics.

    Args:
        metric: Its name with the split, such as val/loss.
        record: The run.
    """
    key = next((DEPENDS_ON[part] for part in metric.split("/")[1:] if part in DEPENDS_ON), None)
    return "" if key is None else _shown(_setting(record, key))


def _setting(record: RunRecord, key: str) -> Any:
    if key == "loss":  # with the class weights that auto stands for
        loss = record.setting("loss", {})
        return {**loss, "class_weights": record.training.class_weights or loss.get("class_weights")}
    return record.setting(key)


def _shown(setting: Any) -> str:
    """Write a setting so that equal ones look equal; of a loss only what counts."""
    if isinstance(setting, dict):
        counts = {name: part for name, part in setting.items() if part and _counts(part)}
        return json.dumps(counts, sort_keys=True)
    return json.dumps(setting)


def _counts(part: Any) -> bool:
    """Tell whether a part of a loss counts: a term with a weight, or the weights of classes."""
    return not isinstance(part, dict) or bool(part.get("weight"))
