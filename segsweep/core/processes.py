"""This process among others: its rank in a run on several devices, and the cores that it may use."""

import os


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
