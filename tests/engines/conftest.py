"""Real engines on loopback, each started for the tests that ask for it and stopped by its own process ids."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import psutil
import pytest

from tests.engines.postgresql import PostgreSQL
from tests.engines.ray_nodes import RAY, RayNodes
from tests.engines.sweeping import Environment
from tests.warm import is_command

SBIN = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])


def not_here(what: str) -> NoReturn:
    """Skip, or fail where every engine has to be there."""
    if os.environ.get("SEGSWEEP_ENGINES") == "required":
        pytest.fail(f"{what}, and SEGSWEEP_ENGINES=required")
    pytest.skip(what)


@pytest.fixture(scope="session")
def slurm() -> Iterator[Environment]:
    """A SLURM of one node with four cores and two GPUs; gives the environment in which its commands find it."""
    needed = ("slurmctld", "slurmd", "slurmdbd", "munged", "mariadbd", "sbatch")
    if missing := [name for name in needed if shutil.which(name, path=SBIN) is None]:
        not_here(f"no SLURM to start on this machine: {', '.join(missing)} not installed")
    script = [str(Path(__file__).parent / "slurm_up.sh")]
    folder = tempfile.mkdtemp(prefix="slurm-", dir="/tmp")  # a socket's path holds at most 107 characters
    try:
        with (Path(folder) / "up.txt").open("w") as said:  # not a pipe, which the daemons would hold open
            started = subprocess.run([*script, folder], stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False)
        assert started.returncode == 0, (Path(folder) / "up.txt").read_text()
        yield {"SLURM_CONF": f"{folder}/slurm.conf"}
    finally:
        subprocess.run([*script, folder, "down"], check=True)
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def ray() -> type[RayNodes]:
    """What starts Ray clusters, where Ray is installed."""
    if not RAY.exists():
        not_here("Ray is not installed")
    return RayNodes


@pytest.fixture
def ray_nodes(ray: type[RayNodes]) -> Iterator[RayNodes]:
    """A Ray cluster without nodes yet but its head, which runs nothing."""
    nodes = ray()
    try:
        nodes.start_head()
        yield nodes
    finally:
        nodes.stop()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL server of its own."""
    server = PostgreSQL.find()
    if server is None:
        not_here("no PostgreSQL to start on this machine: initdb not found")
    try:
        server.create()
        yield server
    finally:
        server.remove()


@pytest.fixture(autouse=True)
def nothing_stays_behind() -> Iterator[None]:
    """End what a failed test leaves running below this process; a passed one leaves nothing."""
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    yield
    left = [process for process in psutil.Process().children(recursive=True) if process.pid not in before]
    sweeps = [process for process in left if _is_sweep(process)]
    for process in sweeps:
        process.send_signal(signal.SIGKILL)
    assert sweeps == []


def _is_sweep(process: psutil.Process) -> bool:
    try:
        is_ours = "segsweep.train" in process.cmdline() or is_command(process)
        return is_ours and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
