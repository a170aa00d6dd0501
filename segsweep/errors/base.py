"""Types of the mistakes a user can make, and the search for the name that was meant."""

import difflib
from collections.abc import Iterable


class SegsweepError(Exception):
    """A mistake that the user can mend; its text says how."""


class ConfigError(SegsweepError):
    """A setting, or a pair of settings, that cannot be trained."""


class DataError(SegsweepError):
    """A data set that cannot be trained on as it lies on disk."""


class LabelError(DataError):
    """A mask holds a value that is neither a class nor ignored."""


class WeightsError(SegsweepError):
    """Pretrained weights that cannot be had."""


def nearest(name: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """Return the known names most like `name`, best first; empty when none is alike."""
    lowered = {known_name.lower(): known_name for known_name in known}
    matches = difflib.get_close_matches(name.lower(), lowered, n=limit, cutoff=0.5)
    return [lowered[match] for match in matches]


def and_more(items: list[str], limit: int = 10) -> str:
    """Join the first `limit` items as lines, and count the rest."""
    lines = [f"  {item}" for item in items[:limit]]
    if len(items) > limit:
        lines.append(f"  ... and {len(items) - limit} more")
    return "\n".join(lines)
