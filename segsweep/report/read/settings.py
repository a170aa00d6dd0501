"""The settings of a run as flat keys, and what a group of them is called."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from segsweep.config.dotted import MISSING, as_typed, flatten
from segsweep.config.identity import NO_ENCODER, deciding_settings
from segsweep.losses.spec import LOSSES
from segsweep.runs.record import RunRecord

REPLICATE_KEYS = ("seed", "data.fold")
"""Runs that differ in nothing else are replicates of one configuration."""
_PLACE = "data.root"
"""Where data lie decides nothing; what they hold does, see `report.read.same`."""
_MEASURING = "metrics"
"""The group that decides what is measured, not what is trained."""
_HEADLINE = {
    "model": "arch",
    "encoder": "name",
    "optimizer": "name",
    "scheduler": "name",
    "data": "name",
}
"""The key that names a group's choice."""
NAMED_GROUPS = (*_HEADLINE, "resolution", "loss", "augmentation")
"""Groups that are spoken of as a whole: model, not model.arch."""


def configuration_settings(record: RunRecord) -> dict[str, Any]:
    """Return the flat settings that decide a run's result, but for seed, fold and data.root; of plugins their content.

    An architecture without an encoder has none of its settings.
    """
    deciding = {group: value for group, value in deciding_settings(record.config).items() if group != _MEASURING}
    if record.setting("encoder.name") == NO_ENCODER:
        deciding.pop("encoder", None)
    settings = flatten(deciding) | {f"plugins.{name}": digest for name, digest in record.environment.plugins.items()}
    return {key: value for key, value in settings.items() if key not in (*REPLICATE_KEYS, _PLACE)}


def configuration_key(settings: Mapping[str, Any]) -> str:
    """Return 12 hex digits that are equal for equal settings only."""
    canonical = json.dumps(sorted(settings.items()), separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def headline(group: str, settings: Mapping[str, Any]) -> str | None:
    """Return what a group's choice is called by its values: unet, 512x512, cross_entropy + dice.

    Returns:
        None for a group that has no name of its own, such as trainer.
    """
    if group in _HEADLINE:
        name = settings.get(f"{group}.{_HEADLINE[group]}", MISSING)
        return as_typed(name) if name is MISSING else str(name)
    if group == "resolution":
        return f"{settings.get('resolution.height')}x{settings.get('resolution.width')}"
    if group == "loss":
        weights = [key for key in settings if key.startswith("loss.") and key.endswith(".weight")]
        terms = dict.fromkeys([*LOSSES, *(key.split(".")[1] for key in weights)])  # also those of a plugin
        return " + ".join(term for term in terms if settings.get(f"loss.{term}.weight")) or "none"
    if group == "augmentation":
        return _transforms(settings)
    return None


def _transforms(settings: Mapping[str, Any]) -> str:
    try:
        transforms = json.loads(settings.get("augmentation.transforms", "[]"))
        names = [str(transform["_target_"]).rpartition(".")[2] for transform in transforms]
    except (ValueError, TypeError, KeyError):
        return str(settings.get("augmentation.transforms"))
    return " + ".join(names) or "none"
