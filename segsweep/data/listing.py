"""Which files a data set has; nothing is opened here, and nothing heavy is imported."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from segsweep.core.registry import build
from segsweep.data.errors import root_missing
from segsweep.data.spec import READERS, DataConfig

SPLITS = ("train", "val", "test")
LAYOUT = (*SPLITS, "dataset.json")
ENDINGS = frozenset(
    {".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".tif", ".tiff", ".bmp", ".dib", ".webp", ".gif", ".jp2", ".j2k"}
    | {".pbm", ".pgm", ".ppm", ".pnm", ".pfm", ".exr", ".hdr", ".tga", ".pcx", ".avif", ".npy"}
)
"""Endings of files that Pillow, OpenCV or NumPy read; other files are passed over."""


@dataclass(frozen=True)
class FileEntry:
    """A file below data.root."""

    path: str
    """Path relative to data.root, with forward slashes."""
    size: int
    mtime_ns: int
    ctime_ns: int
    """When content, name or rights changed last; unlike the time before, nobody can set it."""
    inode: int


def entry_of(path: str, status: os.stat_result) -> FileEntry:
    """Return the entry of a file with this path below data.root."""
    return FileEntry(path, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def data_root(given: str) -> Path:
    """Return the folder of a data set, absolute.

    Raises:
        DataError: If it is not there; the error names folders beside it.
    """
    root = Path(given).expanduser().resolve()
    if not root.is_dir():
        parent = root.parent
        siblings = [entry.name for entry in os.scandir(parent) if entry.is_dir()] if parent.is_dir() else []
        raise root_missing(given, siblings)
    return root


def list_files(root: Path, tops: Sequence[str] = LAYOUT) -> list[FileEntry]:
    """Return every file in some folders of a root, sorted; hidden files and Thumbs.db are passed over."""
    entries = [entry for top in tops if (root / top).exists() for entry in _walk(root / top, top)]
    return sorted(entries, key=lambda entry: entry.path)


def _walk(place: Path, relative: str) -> Iterator[FileEntry]:
    if place.is_file():
        yield entry_of(relative, place.stat())
        return
    with os.scandir(place) as found:
        for entry in found:
            if entry.name.startswith(".") or entry.name in ("Thumbs.db", "desktop.ini"):
                continue
            path = f"{relative}/{entry.name}"
            if entry.is_dir():
                yield from _walk(Path(entry.path), path)
            else:
                yield entry_of(path, entry.stat())


def hash_of(value: object) -> str:
    """Hash anything JSON can write."""
    return hashlib.blake2b(json.dumps(value, sort_keys=True).encode(), digest_size=16).hexdigest()


def require_root(data: DataConfig) -> None:
    """Refuse data whose folder is not there; data without a folder pass.

    Raises:
        DataError: With the names of folders that are there.
    """
    root = getattr(data, "root", None)
    if root is not None:
        data_root(root)


def data_listing(data: DataConfig) -> str | None:
    """Return a hash of what can be known of the files of a data set without opening one; None where it has none."""
    listing = READERS[data.reader].listing
    if listing is not None:
        return str(build(listing, data))
    found = data_files(data)
    return None if found is None else listing_of(found[1])


@runtime_checkable
class HasRoot(Protocol):
    """Settings of data that lies in a folder."""

    root: str


def list_splits(data: HasRoot) -> str:
    """Hash the names and sizes of the files in train, val and test, and of dataset.json."""
    return listing_fingerprint(data_root(data.root))


def list_root(data: HasRoot) -> str:
    """Hash the names and sizes of all files below data.root: the listing of a reader of one's own."""
    root = data_root(data.root)
    return listing_fingerprint(root, _everything(root))


def _everything(root: Path) -> list[str]:
    return sorted(entry.name for entry in os.scandir(root) if not entry.name.startswith("."))


_TOPS: Mapping[str, Callable[[Path], Sequence[str]]] = {
    f"{__name__}:{list_splits.__name__}": lambda _: LAYOUT,
    f"{__name__}:{list_root.__name__}": _everything,
}
"""The folders of a root that each listing goes through."""


def data_files(data: DataConfig) -> tuple[Path, list[FileEntry]] | None:
    """Return the root and the files of a data set; None where its reader has none, or a listing of its own."""
    row = READERS[data.reader]
    if not isinstance(data, HasRoot):
        return None
    if row.listing is None and row.pairs is not None:
        root = data_root(data.root)
        return root, list_files(root, build(row.pairs, data, root).files)
    tops = _TOPS.get(row.listing or "")
    if tops is None:
        return None
    root = data_root(data.root)
    return root, list_files(root, tops(root))


def listing_fingerprint(root: Path, tops: Sequence[str] = LAYOUT) -> str:
    """Hash the names and sizes of a data set's files: what can be known of a change without opening any."""
    return listing_of(list_files(root, tops))


def listing_of(files: Sequence[FileEntry]) -> str:
    """Hash the names and sizes of files."""
    return hash_of([[entry.path, entry.size] for entry in files])
