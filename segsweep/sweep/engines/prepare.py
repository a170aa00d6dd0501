"""SLURM and Ray behind a launcher: is it there, would it take such a run, and what it says of one that it lost."""

import logging
import os
import re
import shutil
import socket
import subprocess
from typing import Any

from omegaconf import DictConfig, OmegaConf

from segsweep.core.errors import SegsweepError
from segsweep.sweep.engines import errors as engines

log = logging.getLogger("segsweep")

_ANSWERS_WITHIN_S = 30.0
_SBATCH_OPTIONS = {
    "partition": "partition",
    "account": "account",
    "qos": "qos",
    "constraint": "constraint",
    "gres": "gres",
    "nodes": "nodes",
    "cpus_per_task": "cpus-per-task",
    "gpus_per_node": "gpus-per-node",
    "timeout_min": "time",
}
"""What sbatch calls the settings of the launcher that it may refuse."""


def prepare_engine(settings: DictConfig) -> None:
    """Connect to the engine behind a launcher, and ask whether it would take a run, before any is handed to it.

    Args:
        settings: `hydra.launcher`.
    Raises:
        SweepError: If it does not answer, or refuses.
    """
    target = str(settings.get("_target_", ""))
    if target.endswith(".SlurmLauncher"):
        _require_slurm(settings)
    elif target.endswith(".RayLauncher"):
        _start_ray(settings.ray)


def told_by_engine(error: BaseException) -> str:
    """Say in a sentence what an engine says of a run that it lost."""
    if isinstance(error, SegsweepError):
        return str(error)
    name, text = type(error).__name__, str(error)
    if type(error).__module__.startswith("ray."):
        if name == "OutOfMemoryError":
            return engines.ray_out_of_memory()
        if name == "NodeDiedError" or "node" in text.partition("\n")[0].lower():
            return engines.ray_node_gone()
        if name == "WorkerCrashedError":
            return engines.ray_worker_died()
    if name == "UncompletedJobError" and (lost := re.search(r"Job (\S+) .*\(state: (.+?)\)", text, re.DOTALL)):
        return engines.slurm_job_gone(lost[1], lost[2])
    return f"{name}: {text.strip().splitlines()[-1] if text.strip() else 'no further word'}"


def _require_slurm(settings: DictConfig) -> None:
    for command in ("sbatch", "srun", "sacct"):
        if shutil.which(command) is None:
            raise engines.slurm_not_here(command)
    if problem := _problem_of(["sacct", "--noheader", "--jobs=1"]):
        raise engines.slurm_without_accounting(problem)
    options = [f"--{name}={settings[key]}" for key, name in _SBATCH_OPTIONS.items() if settings.get(key) is not None]
    if settings.get("mem_gb") is not None:
        options.append(f"--mem={settings.mem_gb}G")
    if problem := _problem_of(["sbatch", "--test-only", *options, "--wrap=true"]):
        raise engines.slurm_refuses(problem)


def _problem_of(command: list[str]) -> str | None:
    """Return the last line that a command which failed said."""
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=_ANSWERS_WITHIN_S, check=False)
    except subprocess.TimeoutExpired:
        return f"no answer within {_ANSWERS_WITHIN_S:g} s"
    if answer.returncode == 0:
        return None
    return (answer.stderr.strip().splitlines() or [f"exit code {answer.returncode}"])[-1]


def _start_ray(settings: DictConfig) -> None:
    """Connect here, once: threads that hand over runs side by side would each try to."""
    import ray

    if ray.is_initialized():
        return
    init: dict[str, Any] = OmegaConf.to_container(settings.init, resolve=True) or {}  # type: ignore[assignment]
    address = str(init.get("address") or "")
    if address in ("", "auto"):
        address = os.environ.get("RAY_ADDRESS", "auto")
    try:
        _require_answer(address)
    except OSError as error:
        raise engines.ray_not_found(address, str(error)) from error
    try:
        ray.init(**init)
    except (OSError, RuntimeError, ray.exceptions.RayError) as error:
        sentence = engines.ray_not_found if address == "auto" else engines.ray_refuses
        raise sentence(address, str(error).strip().splitlines()[0]) from error
    _warn_of_no_node(settings.remote)


def _require_answer(address: str) -> None:
    """Try the port of a head that is named; Ray itself would go on trying, with 12 lines of log a minute."""
    if found := re.fullmatch(r"(?:ray://)?(.+):(\d+)", address):
        socket.create_connection((found[1], int(found[2])), timeout=_ANSWERS_WITHIN_S).close()


def _warn_of_no_node(remote: DictConfig) -> None:
    """Warn where no node could run what is asked for; not an error, for a cluster may grow when it is asked to."""
    import ray

    needs = {"CPU": float(remote.get("num_cpus") or 1), "GPU": float(remote.get("num_gpus") or 0)}
    nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]  # type: ignore[no-untyped-call]
    if not any(all(node.get(name, 0) >= amount for name, amount in needs.items()) for node in nodes):
        have = [f"CPU {node.get('CPU', 0):g}, GPU {node.get('GPU', 0):g}" for node in nodes]
        log.warning(engines.ray_has_no_such_node(needs, have))
