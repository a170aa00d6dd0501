"""Settings of augmentation, and the table that a transform of one's own joins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from omegaconf import MISSING

from segsweep.core.registry import Table
from segsweep.data.augmentation import errors


@dataclass
class AugmentationConfig:
    """Augmentation of training images and masks."""

    transforms: list[Any] = MISSING
    """Transforms of albumentations, each with `_target_` and its keywords, applied in this order."""


@dataclass(frozen=True)
class Transform:
    """A transform of one's own: a class like those of albumentations, a subclass of one of its transforms."""

    name: str
    """Its `_target_`, such as my_lab.augment.Blur."""


TRANSFORMS: Table[Transform] = Table("a transform", [])
"""What `augmentation.transforms` may name besides the transforms of albumentations."""

ALBUMENTATIONS = "albumentations."
"""What the `_target_` of the library's own transforms begins with."""


def check_targets(transforms: Sequence[Any]) -> None:
    """Check that only transforms are named, of albumentations or of a plugin; those inside others included.

    Raises:
        ConfigError: On the first that is none.
    """
    for entry in transforms:
        if not isinstance(entry, dict) or not isinstance(entry.get("_target_"), str):
            raise errors.not_a_transform(entry)
        if entry["_target_"] not in TRANSFORMS and not entry["_target_"].startswith(ALBUMENTATIONS):
            raise errors.foreign_target(entry["_target_"], list(TRANSFORMS))
        check_targets(inner_transforms(entry))


def inner_transforms(entry: dict[str, Any]) -> list[Any]:
    """Return the transforms inside a transform, such as those that OneOf chooses from; mostly none."""
    inner = entry.get("transforms", [])
    if not isinstance(inner, list):
        raise errors.not_a_transform(inner)
    return inner
