"""Files that are either whole or absent: written beside their place and moved there, as soon as the disk lets us."""

import contextlib
import csv
import errno
import io
import json
import logging
import math
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

from segsweep.core.errors import disk_refuses
from segsweep.core.retry import PATIENCE_S, wait_out

MAY_PASS = frozenset(
    (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.ESTALE, errno.ETIMEDOUT)
)
"""Troubles of a disk that end by themselves or when somebody makes room: full, read-only, a network that is away."""

log = logging.getLogger("segsweep")
T = TypeVar("T")


def when_disk_allows(write: Callable[[], T], path: Path, *, patience_s: float = PATIENCE_S) -> T:
    """Return what a write returns, trying again while the disk is full or read-only; says so at once and every minute.

    Args:
        write: May be tried several times; a failed try leaves nothing behind.
        path: The file or folder, for the words.
        patience_s: Seconds after which waiting ends.
    Raises:
        DiskError: If the disk still takes nothing then.
    """

    def say(error: Exception, waited_s: float) -> None:
        log.warning(
            "%s cannot be written (%s); waiting up to %.0f min for the disk. Make room, or end with Ctrl-C: "
            "the same command goes on later",
            path,
            getattr(error, "strerror", None) or error,
            (patience_s - waited_s) / 60,
        )

    return wait_out(
        write,
        passes=lambda error: isinstance(error, OSError) and error.errno in MAY_PASS,
        say=say,
        give_up=lambda error, waited_s: disk_refuses(path, cast(OSError, error), waited_s),
        patience_s=patience_s,
    )


def write_atomic(path: Path, content: str | bytes, *, patience_s: float = PATIENCE_S) -> None:
    """Write a file so that a reader, or a crash, sees the old content or the new, never a part; text as UTF-8.

    Raises:
        DiskError: If the disk takes nothing for as long as it is waited for.
    """
    data = content.encode() if isinstance(content, str) else content

    def write() -> None:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
        Path(temporary).chmod(0o666 & ~_umask())
        replace_by_way_of(Path(temporary), path, lambda file: file.write(data))

    when_disk_allows(write, path, patience_s=patience_s)


def replace_by_way_of(temporary: Path, path: Path, fill: Callable[[BinaryIO], object]) -> None:
    """Fill a temporary file, bring it to the disk, and move it to its place; it goes away if that fails."""
    try:
        with temporary.open("wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def finite(value: Any) -> Any:
    """Replace what JSON cannot say (NaN, infinity) by null, in nested containers too."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value


def write_json(path: Path, content: Any) -> None:
    """Write JSON atomically; NaN becomes null."""
    write_atomic(path, json.dumps(finite(content), indent=1, allow_nan=False) + "\n")


def write_csv(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows as CSV atomically; the columns are all keys in the order of their first appearance."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    write_atomic(path, text.getvalue())


def _cell(value: Any) -> Any:
    """Write NaN as nothing and whole numbers without a fraction; all others keep every digit."""
    if finite(value) is None:
        return ""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def read_csv(path: Path) -> list[dict[str, float]]:
    """Read a CSV of numbers; an empty cell is left out of its row."""
    with path.open(encoding="utf-8", newline="") as file:
        return [{key: float(cell) for key, cell in row.items() if cell} for row in csv.DictReader(file)]
