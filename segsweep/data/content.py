"""What the files of a data set hold: a hash of each, which is kept until the file changes."""

import hashlib
import json
import os
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segsweep.data.listing import FileEntry, data_files, data_listing, entry_of, hash_of, listing_of
from segsweep.data.spec import DataConfig

_AT_A_TIME = 8
"""A disk, and more so a network, answers several questions in the time of one; hashing lets other threads run."""
_SETTLED_NS = 2_000_000_000
"""A file that was changed within this time may change again at the same time of the coarsest clock."""
_SILENT_SECONDS = 2.0
_BETWEEN_SECONDS = 0.2

Known = dict[str, list[Any]]
"""Path to size, times, inode and hash of a file."""
_read_before: dict[Path, Known] = {}
"""Of this process, for a cache that cannot be written."""


@dataclass(frozen=True)
class DataState:
    """The files of a data set at one moment; None where it has no files, or they cannot be read."""

    listing: str | None = None
    """Hash of their names and sizes."""
    content: str | None = None
    """Hash of their names and content."""


def data_state(data: DataConfig, cache_dir: Path) -> DataState:
    """Return the state of a data set's files; the second call opens only those that have changed.

    Args:
        data: The `data` group of the config.
        cache_dir: Where the hashes are kept; it only saves time.
    """
    try:
        found = data_files(data)
    except OSError:  # of a folder that cannot be opened: the reader says what is wrong with it
        return DataState()
    if found is None:
        return DataState(data_listing(data))
    root, files = found
    digests = file_digests(root, files, cache_dir, data.name)
    paths = [entry.path for entry in files]
    return DataState(listing_of(files), None if digests is None else hash_of([paths, digests]))


def file_digest(file: Path, cache_dir: Path) -> str | None:
    """Return a hash of a file's content; None if it cannot be read."""
    file = file.expanduser().resolve()
    try:
        entry = entry_of(file.name, file.stat())
    except OSError:
        return None
    found = file_digests(file.parent, [entry], cache_dir, file.name, of=file.name)
    return None if found is None else found[0]


def file_digests(
    root: Path, files: Sequence[FileEntry], cache_dir: Path, name: str, *, of: str = ""
) -> list[str] | None:
    """Return a hash of the content of each file; None if one cannot be read.

    Args:
        root: The folder of the files.
        files: Below the root, as they are now.
        cache_dir: Where the hashes are kept.
        name: What is read, for the line on a terminal that shows how far it is.
        of: What of the root is meant, where it is not a data set.
    """
    place = cache_dir.expanduser() / "content" / f"{hash_of([str(root), of])}.json"
    known, now_ns = _read_before.get(place) or _read(place), time.time_ns()
    seen = {entry.path: [entry.size, entry.mtime_ns, entry.ctime_ns, entry.inode] for entry in files}
    new = [entry for entry in files if known.get(entry.path, [])[:-1] != seen[entry.path]]
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        read = pool.map(lambda entry: _digest(root / entry.path), new)
        found = with_progress(read, len(new), f"reading {name}", "files")
        digests = {entry.path: digest for entry, digest in zip(new, found, strict=True)}
    if not all(digests.values()):
        return None
    if new:
        settled = [entry.path for entry in new if abs(now_ns - entry.mtime_ns) > _SETTLED_NS]
        kept = {path: row for path, row in known.items() if path in seen}
        _keep(place, kept | {path: [*seen[path], digests[path]] for path in settled})
    return [digests.get(entry.path) or known[entry.path][-1] for entry in files]


def _digest(file: Path) -> str:
    """Return a hash of a file's bytes; empty if it cannot be read."""
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
    except OSError:
        return ""


def _keep(place: Path, known: Known) -> None:
    _read_before[place] = known
    # The cache only saves time: a folder that cannot be written to is no reason to stop.
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = place.with_suffix(f".{os.getpid()}.{threading.get_ident()}.tmp")
        beside.write_text(json.dumps(known))
        beside.replace(place)


def _read(place: Path) -> Known:
    try:
        content = json.loads(place.read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) and all(isinstance(row, list) for row in content.values()) else {}


def with_progress(results: Iterable[Any], total: int, doing: str, what: str) -> Iterator[Any]:
    """Yield results; what takes long says on a terminal how far it is.

    Args:
        results: As they come.
        total: How many there will be.
        doing: What is done, with its object: checking camvid.
        what: What is counted.
    """
    start = shown = time.monotonic()
    on_terminal = sys.stderr.isatty()
    for done, result in enumerate(results, start=1):
        yield result
        now = time.monotonic()
        if on_terminal and now - start > _SILENT_SECONDS and now - shown > _BETWEEN_SECONDS:
            shown = now
            print(f"\r{doing}: {done}/{total} {what}", end="", file=sys.stderr, flush=True)
    if shown != start:
        print("\r\033[K", end="", file=sys.stderr, flush=True)
