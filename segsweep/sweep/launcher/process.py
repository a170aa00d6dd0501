"""The process of a run as the sweep sees it: started from the server, waited for, stopped, never left behind."""

import multiprocessing
import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import connection
from pathlib import Path
from typing import Any

from hydra.core.utils import JobReturn

from segsweep.sweep.launcher.errors import job_not_forked
from segsweep.sweep.launcher.family import MARK, kill_family, wait_until_gone
from segsweep.sweep.launcher.job import Job, run
from segsweep.sweep.launcher.server import STARTING

GRACE_S = 30.0
"""From the signal to stop to being killed."""
_END_S = 10.0
"""From sending the result to being gone."""
_LOOK_S = 0.5


@dataclass(frozen=True)
class Ended:
    """How the process of a run ended."""

    result: JobReturn | None
    """What the job returned; None if the process ended without sending it."""
    exit_code: int | None
    """Minus the signal where it was killed; None where nobody knows."""
    timed_out: bool
    log: Path | None
    """Its log; None if it did not get so far."""


class RunProcess:
    """A run in a process of its own."""

    def __init__(self, job: Job) -> None:
        """Start it; this waits for the server, 5 s if it has only just been started.

        Raises:
            JobLost: If it cannot be started.
        """
        self._mark = job.environment[MARK]
        context = multiprocessing.get_context("forkserver")
        self._results, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=run, args=(job, theirs), name="segsweep run")
        self._stopped_at: float | None = None
        self._messages: list[Any] = []
        try:
            with STARTING:
                self._process.start()
        except (EOFError, OSError) as error:
            self._results.close()
            raise job_not_forked(error) from error
        finally:
            theirs.close()
        assert self._process.pid is not None
        self.pid = self._process.pid
        self._started = time.monotonic()

    def stop(self, *, now: bool) -> None:
        """Let the run record itself and end, or kill it with all that it started."""
        if now:
            kill_family(self.pid, self._mark)
        elif self._stopped_at is None:
            self._stopped_at = time.monotonic()
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)

    def wait(self, timeout_s: float | None) -> Ended:
        """Wait for the end of the run and of all that it started, and stop it after so many seconds."""
        timed_out = False
        try:
            while self._result() is None and not self._gone():
                if timeout_s is not None and time.monotonic() - self._started > timeout_s:
                    timed_out = True
                    self.stop(now=False)
                if self._stopped_at is not None and time.monotonic() - self._stopped_at > GRACE_S:
                    break
        finally:
            exit_code = self._clean_up()
        log = next((Path(message) for message in self._messages if isinstance(message, str)), None)
        return Ended(self._result(), exit_code, timed_out, log)

    def _result(self) -> JobReturn | None:
        return next((message for message in self._messages if isinstance(message, JobReturn)), None)

    def _gone(self) -> bool:
        """Wait a moment, receive what the run sends, and tell whether its process has ended."""
        gone = self._process.sentinel in connection.wait([self._results, self._process.sentinel], _LOOK_S)
        with suppress(EOFError, OSError):  # it died while it sent
            while self._results.poll():
                self._messages.append(self._results.recv())
        return gone

    def _clean_up(self) -> int | None:
        if self._result() is not None:
            connection.wait([self._process.sentinel], _END_S)
        wait_until_gone(kill_family(self.pid, self._mark), _END_S)
        connection.wait([self._process.sentinel], _END_S)
        self._results.close()
        with STARTING:
            exit_code = self._process.exitcode
            if exit_code is not None:
                self._process.close()
        return exit_code
