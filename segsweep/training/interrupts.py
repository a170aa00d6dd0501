"""Ctrl-C and SIGTERM: the first asks the run to stop and be recorded, the second stops it at once."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from segsweep.errors import Interrupted

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def _stop(signal_number: int, _frame: FrameType | None) -> None:
    for each in SIGNALS:
        signal.signal(each, signal.SIG_DFL)
    raise Interrupted(signal_number)


def install_handlers() -> None:
    """Raise `Interrupted` at the next signal."""
    for each in SIGNALS:
        signal.signal(each, _stop)


@contextmanager
def stoppable() -> Iterator[None]:
    """Raise `Interrupted` here when told to stop; only the main thread can be told."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.getsignal(each) for each in SIGNALS}
    install_handlers()
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
