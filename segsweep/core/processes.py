"""This process among others: its rank in a run on several devices, its cores, and files that one holds at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OTHER_RUNS = "SEGSWEEP_OTHER_RUNS"
"""Environment variable by which a launcher tells a run how many others it starts beside it."""


def rank() -> int:
    """Return the number of this process among those that train one run; torchrun says it, 0 where nobody does."""
    return int(os.environ.get("RANK", "0"))


def world_size() -> int:
    """Return how many processes train this run; torchrun says it, 1 where nobody does."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def num_cores() -> int:
    """Return the number of cores that this process may use: of a run in a sweep, its share."""
    if share := os.environ.get("SEGSWEEP_CORES"):
        return int(share)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def num_other_runs() -> int | None:
    """Return how many other runs of its sweep share this machine with a run at most; None where nobody has said."""
    told = os.environ.get(OTHER_RUNS, "")
    return int(told) if told.isdecimal() else None


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold a lock file alone, among threads and processes, and hosts where the file system carries locks (NFS 4)."""
    with file.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
