"""Sentences about starting runs on this machine, and about processes that end without a word."""

import signal

from segsweep.core.errors import ConfigError
from segsweep.sweep.queue.outcome import JobLost, JobStopped

_CAUSES = {
    signal.SIGKILL: "killed by signal 9 (SIGKILL; the system does that when memory runs out)",
    signal.SIGSEGV: "crashed by signal 11 (SIGSEGV)",
    signal.SIGBUS: "crashed by signal 7 (SIGBUS; often shared memory that is full: see df -h /dev/shm)",
}


def job_lost(exit_code: int | None) -> JobLost:
    """A process ended without a result, for the reason that its exit code tells."""
    if exit_code is None:
        return JobLost("ended without a word; its exit code is unknown")
    if exit_code >= 0:
        return JobLost(f"ended without a result (exit code {exit_code})", exit_code=exit_code)
    return JobLost(_CAUSES.get(signal.Signals(-exit_code)) or _by_signal(-exit_code), exit_code=exit_code)


def _by_signal(number: int) -> str:
    verb = "crashed" if number in (signal.SIGABRT, signal.SIGFPE, signal.SIGILL) else "killed"
    return f"{verb} by signal {number} ({signal.Signals(number).name})"


def job_not_forked(error: Exception) -> JobLost:
    """The server from which runs are forked does not answer."""
    return JobLost(f"could not be started ({type(error).__name__}: {error}); its server may have been killed")


def job_timed_out(minutes: float, exit_code: int | None) -> JobLost:
    """A run took longer than it may."""
    return JobLost(f"exceeded {minutes:g} min (hydra.launcher.timeout_min)", exit_code=exit_code, timed_out=True)


def job_stopped() -> JobStopped:
    """A run ended because the sweep was stopped."""
    return JobStopped("stopped with the sweep; the same command goes on from its last checkpoint")


def bad_launcher_setting(key: str, found: object, accepted: str) -> ConfigError:
    """A setting of the launcher that is none."""
    return ConfigError(f"hydra.launcher.{key}={found} is not possible; accepted: {accepted}")
