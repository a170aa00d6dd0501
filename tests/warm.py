"""Commands in processes of their own, forked from one that has imported the libraries: 0.1 s each instead of 6.

Nothing of segsweep is imported before the fork, so a command runs as `python -m` runs it. That Python itself starts it
as well is held where launchers, SLURM and Ray do it. The server from which a sweep forks its runs is forked in advance
too, before the command begins, for it would import the same.
"""

import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from multiprocessing import util
from pathlib import Path
from threading import Thread
from typing import IO, Any, Self

import psutil

LIBRARIES = (
    "torch",
    "torchvision",
    "lightning.pytorch",
    "segmentation_models_pytorch",
    "albumentations",
    "hydra",
    "optuna",
    "optuna.storages.journal",
    "scipy.stats",
    "tensorboard.backend.event_processing.event_accumulator",
    "torch.utils.tensorboard",
    "matplotlib.figure",
    "rich.progress",
    "wandb",
)
_MESSAGE_BYTES = 2**20
_ROOT = Path(__file__).resolve().parent.parent


class Command:
    """A command that was started, with what tests use of subprocess.Popen."""

    def __init__(
        self,
        module: str,
        words: tuple[str, ...],
        cwd: Path,
        environment: Mapping[str, str],
        output: IO[str] | None = None,
    ) -> None:
        """Start `python -m module words`; what it says can be read from `stdout`, or lies in a file."""
        said, out = os.pipe()
        self._end, end = os.pipe()
        message = {"module": module, "words": words, "cwd": str(cwd), "environment": dict(environment)}
        socket.send_fds(_server()[0], [json.dumps(message).encode()], [out if output is None else output.fileno(), end])
        os.close(out)
        os.close(end)
        self.stdout = os.fdopen(said, encoding="utf-8")
        if output is not None:
            self.stdout.close()
        self.pid = int(os.read(self._end, 20))
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit code, minus the signal where it was killed; None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit code."""
        if self.returncode is None:
            if not select.select([self._end], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("segsweep", timeout or 0)
            self.returncode = os.waitstatus_to_exitcode(int(os.read(self._end, 20)))
            os.close(self._end)
        return self.returncode

    def communicate(self, timeout: float) -> tuple[str, None]:
        """Wait until nobody holds the output any more, and return the rest of it."""
        parts: list[str] = []
        reader = Thread(target=lambda: parts.append(self.stdout.read()), daemon=True)
        reader.start()
        reader.join(timeout)
        if reader.is_alive():
            raise subprocess.TimeoutExpired("segsweep", timeout)
        self.stdout.close()
        self.wait(timeout)
        return parts[0], None

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it, and nothing that it started."""
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.wait()
        self.stdout.close()


def is_command(process: psutil.Process) -> bool:
    """Tell whether a process is a command, or one that it forked, and not the one that all are forked from."""
    return all(__name__ in each.cmdline() for each in (process, process.parent()) if each is not None)


@cache
def _server() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """Start the process that all are forked from; it ends with this one."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "NO_ALBUMENTATIONS_UPDATE": "1"}
    server = subprocess.Popen(
        [sys.executable, "-m", __name__, str(theirs.fileno())],
        cwd=_ROOT,
        env=environment,
        pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    theirs.close()
    return ours, server


def _next_command(requests: socket.socket) -> dict[str, Any]:
    """Fork a process for every request; return it in that process."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that wait for a command
    while True:
        message, fds, *_ = socket.recv_fds(requests, _MESSAGE_BYTES, 2)
        if not message:
            sys.exit()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            requests.close()
            out, end = fds
            if (pid := os.fork()) == 0:
                os.close(end)
                os.dup2(out, 1)
                os.dup2(out, 2)
                os.close(out)
                command: dict[str, Any] = json.loads(message)
                return command
            os.close(out)
            os.write(end, b"%d" % pid)
            os.write(end, b"%d" % os.waitpid(pid, 0)[1])
            os._exit(0)
        for fd in fds:
            os.close(fd)


def _fork_a_server_of_runs() -> None:
    """Fork a process that becomes multiprocessing's fork server, once one is asked for; it ends with this one."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if (pid := os.fork()) == 0:
        ours.close()
        message, fds, *_ = socket.recv_fds(theirs, _MESSAGE_BYTES, 8)
        theirs.close()
        if message:
            request = json.loads(message)
            for fd, number in zip(fds, request["fds"], strict=True):
                os.dup2(fd, number)
            exec(request["code"], {})
        os._exit(0)
    theirs.close()
    start = util.spawnv_passfds

    def start_or_use(path: bytes, args: Sequence[Any], passfds: Sequence[int]) -> int:
        if "multiprocessing.forkserver" not in args[-1] or ours.fileno() == -1:
            return start(path, args, passfds)
        socket.send_fds(ours, [json.dumps({"code": args[-1], "fds": list(passfds)}).encode()], passfds)
        ours.close()
        return pid

    util.spawnv_passfds = start_or_use


def _serve(requests: socket.socket) -> None:
    for name in LIBRARIES:
        importlib.import_module(name)
    command = _next_command(requests)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run in the background
    os.environ.clear()
    os.environ.update(command["environment"])
    os.chdir(command["cwd"])
    sys.path[0] = command["cwd"]
    sys.argv[1:] = command["words"]
    if "-m" in command["words"]:
        _fork_a_server_of_runs()
    runpy.run_module(command["module"], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
