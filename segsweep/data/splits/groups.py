"""Groups of images that are not independent of each other, such as those of one patient or one video."""

import re
from collections.abc import Sequence

from segsweep.data import errors
from segsweep.data.base import Data
from segsweep.data.spec import DataConfig


def group_of(name: str, pattern: str | None) -> str | None:
    """Return the group of an image; None for one that has none, and so is a group of its own.

    Args:
        name: Its path below images/ without the ending.
        pattern: Its first group, or the whole match, names the group; None: the folder below images/ does.
    """
    if pattern is None:
        folder, slash, _ = name.partition("/")
        return folder if slash else None
    match = re.search(pattern, name)
    return (match[1] if match.re.groups else match[0]) or None if match else None


def image_groups(data: Data, settings: DataConfig, split: str) -> list[str | None]:
    """Return the group of each image of a split, by its position there."""
    return [group_of(name, settings.group) for name in _stored_names(data, settings, split)]


def check_groups(data: Data, settings: DataConfig) -> str | None:
    """Check that `data.group` fits the names of the images.

    Returns:
        A sentence on the images that it does not match; None where it matches all, or is not set.
    Raises:
        ConfigError: If it matches none.
    """
    if settings.group is None:
        return None
    names = [name for split in data.splits for name in _stored_names(data, settings, split)]
    without = [name for name in names if group_of(name, settings.group) is None]
    if len(without) == len(names):
        raise errors.group_matches_nothing(settings.group, names)
    return errors.some_without_group(settings.group, without, len(names)) if without else None


def _stored_names(data: Data, settings: DataConfig, split: str) -> Sequence[str]:
    """Return the paths of the images below images/; in folds, a name begins with the split on disk."""
    names = [data.splits[split].name(index) for index in range(len(data.splits[split]))]
    is_dealt = settings.fold is not None and split != "test"
    return [name.partition("/")[2] for name in names] if is_dealt else names
