"""Sentences about numbers that cannot be compared."""

from collections.abc import Sequence

from segsweep.errors.base import SegsweepError


class ComparisonError(SegsweepError):
    """Runs whose numbers of one name do not mean the same."""


def not_comparable(metric: str, key: str, found: Sequence[str]) -> ComparisonError:
    """A metric that depends on a setting in which the runs differ."""
    return ComparisonError(
        f"{metric} cannot be compared between these runs: it depends on {key}, and they have "
        f"{' and '.join(found)}. Compare test/miou or test/dice, or runs of one {key} only."
    )
