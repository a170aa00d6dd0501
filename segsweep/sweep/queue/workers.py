"""Which sweep process runs a trial, and whether that process is alive."""

import os
import socket
import time

import psutil

DEAD_AFTER_S = 60.0
"""A process on another host is dead when its heartbeat has not changed for so long."""


def worker_id() -> str:
    """Return the name of this process among all that work on a study: host, process, and when it started."""
    return f"{socket.gethostname()}:{os.getpid()}:{psutil.Process().create_time():.2f}"


def runs_here(worker: str) -> bool | None:
    """Tell whether a process of this host is alive; None for one of another host."""
    host, pid, started = worker.rsplit(":", 2)
    if host != socket.gethostname():
        return None
    try:
        process = psutil.Process(int(pid))
        # Time stamps of one process differ by rounding; a process that took over the number started later.
        return abs(process.create_time() - float(started)) < 1 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class Heartbeats:
    """Judges processes of other hosts by whether their heartbeat changes, on this host's own clock."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[float, float]] = {}

    def is_dead(self, worker: str, heartbeat: float | None) -> bool:
        """Tell whether a worker is gone.

        Args:
            worker: Its name, see `worker_id`.
            heartbeat: The last time stamp that it left in the study, by its own clock; None if it left none.
        """
        alive = runs_here(worker)
        if alive is not None:
            return not alive
        now, stamp = time.monotonic(), heartbeat or 0.0
        last_stamp, since = self._seen.setdefault(worker, (stamp, now))
        if stamp != last_stamp:
            self._seen[worker] = (stamp, now)
            return False
        return now - since > DEAD_AFTER_S
