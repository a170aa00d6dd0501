"""Ctrl-C and SIGTERM: the first asks the run to stop and be recorded, the second stops it at once."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from segsweep.core.errors import Interrupted

SIGNALS = (signal.SIGINT, signal.SIGTERM)
_HEARD_WITHIN_S = 1.0


def _stop(signal_number: int, _frame: FrameType | None) -> None:
    for each in SIGNALS:
        signal.signal(each, signal.SIG_DFL)
    raise Interrupted(signal_number)


def install_handlers() -> None:
    """Raise `Interrupted` at the next signal."""
    for each in SIGNALS:
        signal.signal(each, _stop)


def _told_before_time_is_over(answer: Callable[[int, FrameType | None], None]) -> Callable[..., None]:
    """Let who waits for SLURM's warning answer it, by having the job requeued, and stop the run like any other."""

    def told(signal_number: int, frame: FrameType | None) -> None:
        try:
            answer(signal_number, frame)
        except SystemExit:
            raise Interrupted(signal_number) from None

    return told


@contextmanager
def stoppable() -> Iterator[None]:
    """Raise `Interrupted` here when told to stop; only the main thread can be told."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.getsignal(each) for each in (*SIGNALS, signal.SIGUSR2)}
    install_handlers()
    if callable(warned := before[signal.SIGUSR2]):
        signal.signal(signal.SIGUSR2, _told_before_time_is_over(warned))
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def stops_unhidden() -> Iterator[None]:
    """Raise the `Interrupted` behind an error: torch.save, when stopped in the middle, raises a RuntimeError instead.

    SLURM tells every process of a job to end, and a loader process may do so before this one has heard of it.
    """
    try:
        yield
    except Exception as error:
        if "killed by signal: Terminated" in str(error):
            time.sleep(_HEARD_WITHIN_S)
        link: BaseException | None = error
        while link is not None:
            if isinstance(link, Interrupted):
                raise link from None
            link = link.__cause__ or link.__context__
        raise


def ignore_warnings() -> None:
    """Ignore what SLURM sends to every process of a job before its time is over.

    A forked worker would otherwise answer as the main process does, and have the job requeued a second time.
    """
    for each in (signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(each, signal.SIG_IGN)
