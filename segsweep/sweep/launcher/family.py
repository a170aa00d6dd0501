"""The processes of a run, also those that it left behind."""

import os
import time
from collections.abc import Iterable
from contextlib import suppress

import psutil

MARK = "SEGSWEEP_RUN_MARK"
"""Environment variable that is another one for each run, and is inherited."""


def kill_family(leader: int, mark: str) -> list[psutil.Process]:
    """Kill a run's process, which leads a session, and all that it started, at once, and return them.

    Found are the processes of its session, and those that were started with its mark: the ranks of a run on several
    devices lead sessions of their own, and have no parent any more once torchrun is dead.
    """
    found = [process for process in psutil.process_iter() if _belongs(process, leader, mark)]
    for process in sorted(found, key=lambda each: each.pid == os.getpid()):  # whoever does this goes last
        with suppress(psutil.NoSuchProcess):
            process.kill()
    return found


def wait_until_gone(processes: Iterable[psutil.Process], timeout_s: float) -> None:
    """Wait until killed processes have ended and given back what they held, such as the memory of a GPU."""
    deadline = time.monotonic() + timeout_s
    while any(_lives(process) for process in processes) and time.monotonic() < deadline:
        time.sleep(0.01)


def _lives(process: psutil.Process) -> bool:
    """Tell whether a process has not ended; one that nobody asks how it ended, as in some containers, has."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _belongs(process: psutil.Process, leader: int, mark: str) -> bool:
    if process.pid == leader:
        return True
    try:
        return os.getsid(process.pid) == leader or process.environ().get(MARK) == mark
    except (OSError, psutil.Error):
        return False
