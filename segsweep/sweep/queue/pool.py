"""Works through the trial queue of a sweep: threads that run trials, and the main thread, which watches."""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING

from hydra.plugins.launcher import Launcher

from segsweep.core.errors import Interrupted
from segsweep.core.signals import SIGNALS, handling
from segsweep.sweep.plan.plan import SweepPlan
from segsweep.sweep.queue.budget import Budget
from segsweep.sweep.queue.runner import Runner
from segsweep.sweep.queue.trial_queue import TrialQueue

if TYPE_CHECKING:
    from segsweep.sweep.queue.race import Race

_LOOK_EVERY_S = 0.5
_HEARTBEAT_EVERY_S = 15.0
_IDLE_S = 1.0


@dataclass(frozen=True)
class Display:
    """What the user sees while a sweep runs."""

    look: Callable[[], None]
    """Shows the sweep as it stands; called about twice a second."""
    message: Callable[[str], None]
    """Writes a line."""
    leave: Callable[[], None]
    """Gives the terminal back before the process ends at once."""


class Pool:
    """Keeps `n_jobs` runs in flight until every trial has ended, a budget is spent, or the user stops it."""

    def __init__(
        self,
        plan: SweepPlan,
        queue: TrialQueue,
        launcher: Launcher,
        display: Display,
        *,
        n_jobs: int,
        explain: Callable[[BaseException], str],
        left_behind: str,
        race: "Race | None" = None,
    ) -> None:
        """Prepare to run.

        Args:
            plan: The sweep.
            queue: Its trial queue.
            launcher: Starts a run and waits for it.
            display: Shows how the sweep goes.
            n_jobs: Runs in flight at once.
            explain: Puts into a sentence why a launcher lost a run.
            left_behind: What becomes of the running jobs of a launcher that cannot stop them.
            race: Queues the runs that decide, as they are asked for; None: all are queued.
        """
        self._plan = plan
        self._queue = queue
        self._launcher = launcher
        self._display = display
        self._n_jobs = n_jobs
        self._left_behind = left_behind
        self._race = race
        self._stopping = threading.Event()
        self._signal: int | None = None
        self._error: BaseException | None = None
        self.budget = Budget(plan.settings)
        self._runner = Runner(
            plan,
            queue,
            launcher,
            self.budget,
            explain=explain,
            is_stopping=self._stopping.is_set,
            message=display.message,
        )

    def work_here(self) -> None:
        """Run the trials one after the other in this thread, for a launcher that trains in this process.

        Raises:
            Interrupted: If a run was stopped by a signal.
        """
        self._queue.take_over()
        self._work(between=self._display.look)
        self._raise_error()

    def work(self) -> None:
        """Run the trials in threads.

        Raises:
            Interrupted: After a signal, once the runs have been recorded.
        """
        with handling(dict.fromkeys(SIGNALS, self._on_signal)):
            self._maintain()
            threads = [threading.Thread(target=self._work, daemon=True) for _ in range(self._n_jobs)]
            for thread in threads:
                thread.start()
            maintained = time.monotonic()
            while any(thread.is_alive() for thread in threads):
                threads[0].join(_LOOK_EVERY_S) if threads[0].is_alive() else time.sleep(_LOOK_EVERY_S)
                if time.monotonic() - maintained > _HEARTBEAT_EVERY_S:
                    self._maintain()
                    maintained = time.monotonic()
                self._display.look()
                if self._plan.settings.fail_fast and self.budget.num_failed and not self._stopping.is_set():
                    self._stopping.set()
                    self._stop_launcher(now=False)
        self._raise_error()
        if self._signal is not None:
            raise Interrupted(self._signal)

    def _maintain(self) -> None:
        """Show other processes that this one is alive, and take over the runs of those that are not."""
        self._queue.send_heartbeat()
        for number in self._queue.take_over():
            self._display.message(f"trial {number}: its sweep process is gone; taken over")

    def _work(self, between: Callable[[], None] | None = None) -> None:
        try:
            while not self._stopping.is_set() and self.budget.exhausted() is None:
                trial = self._queue.claim(self._plan.indices)
                if trial is not None:
                    self._runner.run(trial)
                    if between is not None:
                        between()
                elif self._race is not None and self._race.advance(is_idle=True):
                    continue
                elif self._all_ended():
                    return
                else:  # others run what is left; should one of them die, its run is taken over
                    self._stopping.wait(_IDLE_S)
                    if between is not None:
                        self._queue.take_over()
        except BaseException as error:
            self._error = self._error or error
            self._stopping.set()

    def _all_ended(self) -> bool:
        newest = self._queue.newest()
        return all(trial.state.is_finished() for index, trial in newest.items() if index in self._plan.indices)

    def _raise_error(self) -> None:
        if self._error is not None:
            raise self._error

    def _on_signal(self, signal_number: int, _frame: FrameType | None) -> None:
        """Stop gently at the first signal, at once at the second."""
        if self._signal is not None:
            self._stop_launcher(now=True)
            self._exit(signal_number)
        self._signal = signal_number
        self._stopping.set()
        self._display.message("stopping: running runs save and end; once more to stop at once")
        if not self._stop_launcher(now=False):
            self._display.message(f"{self._left_behind}; the same command goes on")
            self._exit(signal_number)

    def _exit(self, signal_number: int) -> None:
        self._display.leave()
        os._exit(128 + signal_number)  # the trials of a dead process are taken over by the next

    def _stop_launcher(self, *, now: bool) -> bool:
        if not hasattr(self._launcher, "stop"):
            return False
        self._launcher.stop(now=now)
        return True
