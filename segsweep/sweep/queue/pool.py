"""Works through the tickets of a sweep: threads that run them, and the main thread, which watches."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from hydra.plugins.launcher import Launcher

from segsweep.core.errors import Interrupted
from segsweep.sweep.plan.plan import Asked
from segsweep.sweep.queue.budget import Budget
from segsweep.sweep.queue.runner import Runner
from segsweep.sweep.queue.tickets import Tickets

_LOOK_EVERY_S = 0.5
_BEAT_EVERY_S = 15.0
_IDLE_S = 1.0


class Pool:
    """Keeps `n_jobs` runs in flight until every ticket has ended, a budget is spent, or the user stops it."""

    def __init__(
        self,
        asked: Asked,
        tickets: Tickets,
        launcher: Launcher,
        *,
        n_jobs: int,
        look: Callable[[], None],
        message: Callable[[str], None],
        leave: Callable[[], None],
    ) -> None:
        """Prepare to run.

        Args:
            asked: The sweep.
            tickets: Its queue.
            launcher: Starts a run and waits for it.
            n_jobs: Runs in flight at once.
            look: Shows the sweep as it stands; called about twice a second.
            message: Says a line to the user.
            leave: Gives the terminal back before the process ends at once.
        """
        self._asked = asked
        self._tickets = tickets
        self._launcher = launcher
        self._n_jobs = n_jobs
        self._look = look
        self._message = message
        self._leave = leave
        self._stopping = threading.Event()
        self._signal: int | None = None
        self._error: BaseException | None = None
        self.budget = Budget(asked.settings)
        self._runner = Runner(asked, tickets, launcher, self.budget, stopping=self._stopping, message=message)

    def work_here(self) -> None:
        """Run the tickets one after the other in this thread, for a launcher that trains in this process.

        Raises:
            Interrupted: If a run was told to stop.
        """
        self._tickets.take_over()
        self._work(between=self._look)
        self._raise_error()

    def work(self) -> None:
        """Run the tickets in threads.

        Raises:
            Interrupted: If told to stop, once the runs have been recorded.
        """
        with self._told_by_signals():
            self._maintain()
            threads = [threading.Thread(target=self._work, daemon=True) for _ in range(self._n_jobs)]
            for thread in threads:
                thread.start()
            beaten = time.monotonic()
            while any(thread.is_alive() for thread in threads):
                threads[0].join(_LOOK_EVERY_S) if threads[0].is_alive() else time.sleep(_LOOK_EVERY_S)
                if time.monotonic() - beaten > _BEAT_EVERY_S:
                    self._maintain()
                    beaten = time.monotonic()
                self._look()
                if self._asked.settings.fail_fast and self.budget.num_failed and not self._stopping.is_set():
                    self._stopping.set()
                    self._stop_launcher(now=False)
        self._raise_error()
        if self._signal is not None:
            raise Interrupted(self._signal)

    def _maintain(self) -> None:
        """Show other processes that this one is alive, and take over the runs of those that are not."""
        self._tickets.beat()
        for number in self._tickets.take_over():
            self._message(f"trial {number}: its sweep process is gone; taken over")

    def _work(self, between: Callable[[], None] | None = None) -> None:
        try:
            while not self._stopping.is_set() and self.budget.exhausted() is None:
                trial = self._tickets.claim(self._asked.tickets)
                if trial is not None:
                    self._runner.run(trial)
                    if between is not None:
                        between()
                elif self._all_ended():
                    return
                else:  # others run what is left; should one of them die, its run is taken over
                    self._stopping.wait(_IDLE_S)
                    if between is not None:
                        self._tickets.take_over()
        except BaseException as error:
            self._error = self._error or error
            self._stopping.set()

    def _all_ended(self) -> bool:
        return all(
            trial.state.is_finished()
            for ticket, trial in self._tickets.newest().items()
            if ticket in self._asked.tickets
        )

    def _raise_error(self) -> None:
        if self._error is not None:
            raise self._error

    @contextmanager
    def _told_by_signals(self) -> Iterator[None]:
        """Stop gently at the first SIGINT or SIGTERM, at once at the second."""
        before: dict[int, Any] = {}
        if threading.current_thread() is threading.main_thread():
            before = {each: signal.signal(each, self._told) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def _told(self, signal_number: int, _frame: FrameType | None) -> None:
        if self._signal is not None:
            self._stop_launcher(now=True)
            self._leave()
            os._exit(128 + signal_number)  # tickets of a dead process are taken over by the next
        self._signal = signal_number
        self._stopping.set()
        self._message("stopping: running runs save and end; once more to stop at once")
        if not self._stop_launcher(now=False):
            self._message("jobs of SLURM go on by themselves, those of Ray end; the same command goes on")
            self._leave()
            os._exit(128 + signal_number)

    def _stop_launcher(self, *, now: bool) -> bool:
        if not hasattr(self._launcher, "stop"):
            return False
        self._launcher.stop(now=now)
        return True
