"""Which files a data set has; nothing is opened here, and nothing heavy is imported."""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from segsweep.data.errors import root_missing

SPLITS = ("train", "val", "test")


@dataclass(frozen=True)
class FileEntry:
    """A file below data.root."""

    path: str
    """Path relative to data.root, with forward slashes."""
    size: int
    mtime_ns: int


def data_root(given: str) -> Path:
    """Return the folder of a data set, absolute.

    Raises:
        DataError: If it is not there; its siblings are told.
    """
    root = Path(given).expanduser().resolve()
    if not root.is_dir():
        parent = root.parent
        siblings = [entry.name for entry in os.scandir(parent) if entry.is_dir()] if parent.is_dir() else []
        raise root_missing(given, siblings)
    return root


def list_files(root: Path) -> list[FileEntry]:
    """Return every file of the splits and dataset.json, sorted; hidden files and Thumbs.db are passed over."""
    tops = [*SPLITS, "dataset.json"]
    entries = [entry for top in tops if (root / top).exists() for entry in _walk(root / top, top)]
    return sorted(entries, key=lambda entry: entry.path)


def _walk(place: Path, relative: str) -> Iterator[FileEntry]:
    if place.is_file():
        status = place.stat()
        yield FileEntry(relative, status.st_size, status.st_mtime_ns)
        return
    with os.scandir(place) as found:
        for entry in found:
            if entry.name.startswith(".") or entry.name in ("Thumbs.db", "desktop.ini"):
                continue
            path = f"{relative}/{entry.name}"
            if entry.is_dir():
                yield from _walk(Path(entry.path), path)
            else:
                status = entry.stat()
                yield FileEntry(path, status.st_size, status.st_mtime_ns)


def hash_of(value: object) -> str:
    """Hash anything JSON can write."""
    return hashlib.blake2b(json.dumps(value, sort_keys=True).encode(), digest_size=16).hexdigest()


def listing_fingerprint(root: Path) -> str:
    """Hash the names and sizes of a data set's files: what can be known of a change without opening any."""
    return hash_of([[entry.path, entry.size] for entry in list_files(root)])
