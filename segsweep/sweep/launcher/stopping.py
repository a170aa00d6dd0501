"""Ctrl-C and SIGTERM while the main thread waits for runs: the first stops them gently, the second kills them."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Protocol, runtime_checkable

from segsweep.core.errors import Interrupted

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@runtime_checkable
class Stop(Protocol):
    """Ends all runs."""

    def __call__(self, *, now: bool) -> None:
        """End them, at once or after each has recorded itself."""


@contextmanager
def stopping_on_signals(stop: Stop) -> Iterator[None]:
    """Answer signals with `stop`; in other threads than the main one, which alone is told, do nothing.

    Raises:
        Interrupted: At the end, if there was a signal.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    received: list[int] = []

    def answer(signal_number: int, _frame: FrameType | None) -> None:
        received.append(signal_number)
        stop(now=len(received) > 1)

    before = {each: signal.signal(each, answer) for each in _SIGNALS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    if received:
        raise Interrupted(received[0])
