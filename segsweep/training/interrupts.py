"""Ctrl-C and SIGTERM: the first asks the run to stop and be recorded, the second stops it at once."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback

from segsweep.errors import Interrupted

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def _stop(signal_number: int, frame: FrameType | None) -> None:
    for each in SIGNALS:
        signal.signal(each, signal.SIG_DFL)
    raise Interrupted(signal_number)


def _install() -> None:
    for each in SIGNALS:
        signal.signal(each, _stop)


@contextmanager
def stoppable() -> Iterator[None]:
    """Raise `Interrupted` here when told to stop; only the main thread can be told."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.getsignal(each) for each in SIGNALS}
    _install()
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


class OwnSignals(Callback):
    """Takes the signals back from Lightning, whose SIGTERM handler talks to the other ranks and can wait for ever."""

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Install the handlers again."""
        if threading.current_thread() is threading.main_thread():
            _install()
