"""The slots that runs wait for: GPUs, shared or whole, or turns on the CPU."""

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from segsweep.core.errors import ConfigError
from segsweep.core.processes import num_cores
from segsweep.core.text import plural
from segsweep.sweep.queue.outcome import JobStopped


@dataclass(frozen=True)
class Share:
    """What a run may use while it runs."""

    gpus: tuple[str, ...] | None
    """Its GPUs; None where the launcher gives none out."""
    num_cores: int
    """Its part of the cores."""
    seats: tuple[str, ...]
    """What goes back afterwards: a device once for each seat on it."""


class Slots:
    """Gives seats on devices to runs, in the order in which they came, and never one seat twice.

    Args:
        gpus: The GPUs; empty or None: runs share the CPU.
        seats: Runs that share a GPU, or all runs at once on the CPU.
    """

    def __init__(self, gpus: Sequence[str] | None, *, seats: int) -> None:
        self._gpus = None if gpus is None else tuple(gpus)
        self._seats = seats
        self._free = dict.fromkeys(self._gpus or ("cpu",), seats)
        self._queue: deque[object] = deque()
        self._changed = threading.Condition()
        self._closed = False

    def num_runs(self, devices: int | str = 1) -> int:
        """Return how many runs go at once if each takes so many devices, or all for auto."""
        whole = self._num_whole(devices)
        return max(1, len(self._free) // whole) if whole else len(self._free) * self._seats

    @contextmanager
    def taken(self, devices: int | str = 1) -> Iterator[Share]:
        """Wait for a turn and hold it.

        Args:
            devices: `hardware.devices` of the run: one GPU is shared, several are whole ones, auto is all of them.
        Raises:
            ConfigError: If the run asks for more GPUs than there are.
            JobStopped: If the slots are closed before its turn.
        """
        whole = self._num_whole(devices)
        if whole > len(self._free):
            found = len(self._free)
            raise ConfigError(
                f"hardware.devices={whole}, but the launcher has {plural(found, 'GPU')}. "
                f"Try hardware.devices={found}, or name more: hydra.launcher.gpus=[0,1,...]"
            )
        seats = self._take(whole)
        num_seats = len(self._free) * self._seats
        gpus = None if self._gpus is None else tuple(dict.fromkeys(seats)) if self._gpus else ()
        try:
            yield Share(gpus, max(1, num_cores() * len(seats) // num_seats), seats)
        finally:
            self._give_back(seats)

    def close(self) -> None:
        """Send those away that wait, and all who come."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _num_whole(self, devices: int | str) -> int:
        """Return how many whole GPUs a run takes; 0: a seat on one."""
        if not self._gpus:
            return 0
        num = len(self._gpus) if devices == "auto" else int(devices)
        return num if num > 1 else 0

    def _take(self, whole: int) -> tuple[str, ...]:
        turn = object()
        with self._changed:
            self._queue.append(turn)
            try:
                # Only the first in the queue is served, so that a run on all GPUs is not overtaken for ever.
                self._changed.wait_for(lambda: self._closed or (self._queue[0] is turn and self._fits(whole)))
                if self._closed:
                    raise JobStopped("not started: the sweep was stopped")
                return self._seats_of(whole)
            finally:
                self._queue.remove(turn)
                self._changed.notify_all()

    def _fits(self, whole: int) -> bool:
        if whole:
            return sum(free == self._seats for free in self._free.values()) >= whole
        return any(self._free.values())

    def _seats_of(self, whole: int) -> tuple[str, ...]:
        if whole:
            empty = [device for device, free in self._free.items() if free == self._seats][:whole]
            seats = tuple(device for device in empty for _ in range(self._seats))
        else:
            seats = (max(self._free, key=lambda device: self._free[device]),)
        for device in seats:
            self._free[device] -= 1
        return seats

    def _give_back(self, seats: Sequence[str]) -> None:
        with self._changed:
            for device in seats:
                self._free[device] += 1
            self._changed.notify_all()
