"""A Ray cluster on loopback: every `ray start` is a node, with ports and a folder of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil

from tests.engines.sweeping import Environment, until

RAY = Path(sys.executable).parent / "ray"
NO_TOKEN = {"RAY_AUTH_MODE": "disabled"}
"""The same for every node and driver: some make a token of their own, and others then lack it."""


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class RayNodes:
    """The nodes of a cluster."""

    def __init__(self, auth: Environment = NO_TOKEN) -> None:
        self._auth = auth
        self._folder = Path(tempfile.mkdtemp(prefix="ray-", dir="/tmp"))  # a socket's path holds at most 107 characters
        self._address = f"127.0.0.1:{free_port()}"
        self._nodes: list[subprocess.Popen[bytes]] = []

    @property
    def environment(self) -> Environment:
        """What a driver needs to find the cluster."""
        return {"RAY_ADDRESS": self._address, **self._auth}

    def start_head(self) -> None:
        """Start the node that only keeps the books."""
        port = self._address.rpartition(":")[2]
        more = (f"--ray-client-server-port={free_port()}", "--include-dashboard=false", f"--temp-dir={self._folder}")
        self._start("--head", f"--port={port}", *more, "--num-cpus=0")

    def add(self, num_cpus: int) -> psutil.Process:
        """Start a node that runs things, and return its process."""
        return psutil.Process(self._start(f"--address={self._address}", f"--num-cpus={num_cpus}").pid)

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        common = ("--num-gpus=0", "--object-store-memory=80000000", "--disable-usage-stats", "--block")
        ports = (f"--dashboard-agent-listen-port={free_port()}", "--node-ip-address=127.0.0.1")
        output = self._folder / f"node{len(self._nodes)}.txt"
        with output.open("w") as said:
            node = subprocess.Popen(
                [str(RAY), "start", *words, *common, *ports],
                cwd=self._folder,  # not where the sweep is typed
                env={**os.environ, "OMP_NUM_THREADS": "1", **self._auth},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
        self._nodes.append(node)
        until(
            lambda: "Ray runtime started" in output.read_text() or node.poll() is not None, "a node of the Ray cluster"
        )
        assert node.poll() is None, output.read_text()
        return node

    def stop(self) -> None:
        """Stop every node."""
        for node in self._nodes:
            kill_tree(node.pid)
            node.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


def kill_tree(pid: int) -> None:
    """Kill a process and all below it at once, as a power cut does."""
    try:
        process = psutil.Process(pid)
        doomed = [*process.children(recursive=True), process]
    except psutil.NoSuchProcess:
        return
    for each in doomed:
        try:
            each.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(doomed[:-1])
