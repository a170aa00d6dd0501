"""Which reader knows the layout of a folder."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from segsweep.data.errors import Problem
from segsweep.data.pairs import errors
from segsweep.data.spec import READERS


def fitting(root: Path, reader: str) -> list[Problem]:
    """Name the first reader that knows a folder's layout, or that of one up to two levels below it.

    Args:
        root: Where a reader found nothing that it knows.
        reader: That reader; it is named too where its layout lies further below.
    """
    for place, name in _known(root):
        if (place, name) != (root, reader):
            return [errors.other_reader(name, "" if place == root else str(place))]
    return []


def _known(root: Path) -> Iterator[tuple[Path, str]]:
    for place in chain([root], sorted(root.glob("*/")), sorted(root.glob("*/*/"))):
        for row in READERS.values():
            if row.holds and all((place / part).exists() for part in row.holds):
                yield place, row.name


def missing_parts(root: Path, reader: str) -> list[Problem]:
    """Say which parts of a reader's layout a root lacks."""
    accepted = READERS[reader].holds
    there = sorted(entry.name for entry in root.iterdir() if not entry.name.startswith("."))
    return [errors.part_missing(part, accepted, there) for part in accepted if not (root / part).exists()]
