import io
import os
import signal
import sys
import threading

import pytest
import torch

from segsweep.core.errors import Interrupted
from segsweep.core.signals import stoppable, stops_unhidden
from segsweep.data.loaders import start_worker


class StoppedWhileWritten(io.BytesIO):
    """A file at whose second piece the process is told to end."""

    pieces = 0

    def write(self, content: object) -> int:
        written = super().write(content)  # type: ignore[arg-type]
        self.pieces += 1
        if self.pieces == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return written


def test_a_stop_while_a_checkpoint_is_saved_is_a_stop_although_torch_makes_an_error_of_it() -> None:
    with pytest.raises(RuntimeError), stoppable():
        torch.save({"weight": torch.zeros(4)}, StoppedWhileWritten())
    with pytest.raises(Interrupted, match="stopped by signal 15"), stoppable(), stops_unhidden():
        torch.save({"weight": torch.zeros(4)}, StoppedWhileWritten())


def test_another_error_stays_what_it_is() -> None:
    with pytest.raises(ValueError, match="a mistake"), stops_unhidden():
        raise ValueError("a mistake")


def test_a_loader_process_that_slurm_ended_first_is_not_taken_for_a_failure() -> None:
    threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGTERM)).start()
    with pytest.raises(Interrupted), stoppable(), stops_unhidden():
        raise RuntimeError("DataLoader worker (pid 7) is killed by signal: Terminated. ")


def test_slurms_warning_is_answered_by_who_waits_for_it_and_stops_the_run() -> None:
    answered = []

    def requeue(signal_number: int, _frame: object) -> None:
        answered.append(signal_number)
        sys.exit(-1)

    before = signal.signal(signal.SIGUSR2, requeue)
    try:
        with pytest.raises(Interrupted, match=f"stopped by signal {signal.SIGUSR2.value}"), stoppable():
            os.kill(os.getpid(), signal.SIGUSR2)
        assert answered == [signal.SIGUSR2]
        assert signal.getsignal(signal.SIGUSR2) is requeue
    finally:
        signal.signal(signal.SIGUSR2, before)


def test_a_loader_process_leaves_slurms_warning_to_the_process_that_trains() -> None:
    child = os.fork()
    if child == 0:
        start_worker(0)
        os.kill(os.getpid(), signal.SIGUSR2)  # ends a process that does not say otherwise
        os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
