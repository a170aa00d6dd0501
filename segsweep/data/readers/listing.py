"""Reads the pairs that a CSV or text list names: image, mask and, if you like, split and group."""

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from segsweep.data.errors import Problem
from segsweep.data.listing import SPLITS
from segsweep.data.pairs import errors
from segsweep.data.pairs.found import Found, Pair
from segsweep.data.spec import ListingConfig

COLUMNS = ("image", "mask", "split", "group")


@dataclass(frozen=True)
class Row:
    """One line of a list."""

    number: int
    """Line in the file, from 1."""
    image: str
    mask: str
    split: str = ""
    group: str = ""


def find_pairs(config: ListingConfig, root: Path) -> Found:
    """Return what the list names; without a column of splits, all images are there to be dealt into folds."""
    place = _below(root, config.list)
    try:
        text = (root / place).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        lists = sorted(entry.name for entry in root.iterdir() if entry.suffix in (".csv", ".txt", ".tsv"))
        return Found((), problems=[errors.no_list(config.list, str(getattr(error, "strerror", error)), lists)])
    rows, problems = read_rows(text, place)
    rows = [Row(row.number, _below(root, row.image), _below(root, row.mask), row.split, row.group) for row in rows]
    accepted = SPLITS if any(row.split for row in rows) else ("",)
    if config.fold is None and rows and accepted == ("",):
        return Found((), [place], [errors.no_splits(place)])
    problems += [errors.unknown_split(place, row.number, row.split) for row in rows if row.split not in accepted]
    return Found(_pairs([row for row in rows if row.split in accepted]), [place], problems)


def read_rows(text: str, place: str) -> tuple[list[Row], list[Problem]]:
    """Read the lines of a list; cells are apart by commas, tabs or, where there is neither, blanks."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    first = lines[0][1] if lines else ""
    separator = next((mark for mark in (",", "\t", ";") if mark in first), None)
    cells = [
        (
            number,
            line.split()
            if separator is None
            else [cell.strip() for cell in next(csv.reader([line], delimiter=separator))],
        )
        for number, line in lines
    ]
    columns: Sequence[str] = COLUMNS
    header = [cell.lower() for cell in cells[0][1]] if cells else []
    if {"image", "mask"} <= set(header):
        columns, cells = header, cells[1:]
    rows: list[Row] = []
    problems: list[Problem] = []
    for number, found in cells:
        named = {name: cell for name, cell in zip(columns, found, strict=False) if name in COLUMNS}
        if len(found) > len(columns) or not named.get("image") or not named.get("mask"):
            problems.append(errors.bad_line(place, number, len(found)))
        else:
            rows.append(Row(number, **named))
    return rows, problems


def _below(root: Path, path: str) -> str:
    """Return a path as seen from the root, so that it is the same wherever the root lies."""
    return PurePosixPath(os.path.relpath(root / path, root)).as_posix()


def _pairs(rows: Sequence[Row]) -> list[Pair]:
    """Pair in the order of split and list; images are named by their path below the folder that they share."""
    pairs: list[Pair] = []
    for split in SPLITS:
        if not (own := [row for row in rows if (row.split or "train") == split]):
            continue
        shared = _shared_folder(own)
        shared = shared if split in PurePosixPath(shared).parts else _shared_folder(rows)
        for row in own:
            name = PurePosixPath(os.path.relpath(row.image, shared)).with_suffix("").as_posix()
            stem = f"{row.group.replace('/', '_')}/{name}" if row.group else name
            pairs.append(Pair(split, stem, row.image, (("", row.mask),)))
    return pairs


def _shared_folder(rows: Sequence[Row]) -> str:
    return os.path.commonpath([PurePosixPath(row.image).parent.as_posix() for row in rows])
