"""Ctrl-C and SIGTERM: the first asks the run to stop and be recorded, the second stops it at once."""

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Protocol, runtime_checkable

from segsweep.core.errors import Interrupted

SIGNALS = (signal.SIGINT, signal.SIGTERM)
_HEARD_WITHIN_S = 1.0
Handler = Callable[[int, FrameType | None], object]


def _stop(signal_number: int, _frame: FrameType | None) -> None:
    for each in SIGNALS:
        signal.signal(each, signal.SIG_DFL)
    raise Interrupted(signal_number)


def install_handlers() -> None:
    """Raise `Interrupted` at the next signal."""
    for each in SIGNALS:
        signal.signal(each, _stop)


def _stops_before_time_is_over(answer: Handler) -> Handler:
    """Let who waits for SLURM's warning answer it, by having the job requeued, and stop the run like any other."""

    def stop(signal_number: int, frame: FrameType | None) -> None:
        try:
            answer(signal_number, frame)
        except SystemExit:
            raise Interrupted(signal_number) from None

    return stop


@contextmanager
def handling(handlers: Mapping[signal.Signals, Handler]) -> Iterator[None]:
    """Answer signals in another way for a while; only the main thread can, in others nothing changes.

    Args:
        handlers: What is called for each signal; what was called before is back at the end.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.signal(each, handler) for each, handler in handlers.items()}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def stoppable() -> Iterator[None]:
    """Raise `Interrupted` here at a signal; only in the main thread, which alone receives them."""
    handlers: dict[signal.Signals, Handler] = dict.fromkeys(SIGNALS, _stop)
    if callable(warned := signal.getsignal(signal.SIGUSR2)):
        handlers[signal.SIGUSR2] = _stops_before_time_is_over(warned)
    with handling(handlers):
        yield


@runtime_checkable
class Stop(Protocol):
    """Ends all runs."""

    def __call__(self, *, now: bool) -> None:
        """End them, at once or after each has recorded itself."""


@contextmanager
def stopping_on_signals(stop: Stop) -> Iterator[None]:
    """Stop runs gently at the first signal, and kill them at the next; only in the main thread.

    Raises:
        Interrupted: At the end, if there was a signal.
    """
    received: list[int] = []

    def answer(signal_number: int, _frame: FrameType | None) -> None:
        received.append(signal_number)
        stop(now=len(received) > 1)

    with handling(dict.fromkeys(SIGNALS, answer)):
        yield
    if received:
        raise Interrupted(received[0])


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
