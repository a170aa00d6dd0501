"""SLURM as the engine of a sweep: whether it is there and takes such a job, and why it lost one."""

import re
import shutil
import subprocess

from omegaconf import DictConfig

from segsweep.core.errors import SweepError

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


def prepare(settings: DictConfig) -> None:
    """Check that SLURM is here and takes such a job.

    Raises:
        SweepError: If SLURM is not here, keeps no accounts, or refuses.
    """
    for command in ("sbatch", "srun", "sacct"):
        if shutil.which(command) is None:
            raise SweepError(
                f"hydra/launcher=slurm submits jobs from here, but there is no {command} on this machine. "
                "Type the command on a login node of the cluster, or take hydra/launcher=local"
            )
    if problem := _problem_of(["sacct", "--noheader", "--jobs=1"]):
        raise SweepError(
            f"sacct does not answer ({problem}), so the sweep would wait for ever for a job that was killed. "
            "Or let SLURM start the sweep itself: see docs/how-to/clusters.md"
        )
    options = [f"--{name}={settings[key]}" for key, name in _SBATCH_OPTIONS.items() if settings.get(key) is not None]
    if settings.get("mem_gb") is not None:
        options.append(f"--mem={settings.mem_gb}G")
    if problem := _problem_of(["sbatch", "--test-only", *options, "--wrap=true"]):
        raise SweepError(
            f"SLURM takes no such job: {problem}. What a run asks for stands in conf/hydra/launcher/slurm.yaml; "
            "set it there or as hydra.launcher.KEY=VALUE. sinfo lists what the nodes have"
        )


def explain(error: BaseException) -> str | None:
    """Put into a sentence why a job ended without a result; None for an error of another kind."""
    name, text = type(error).__name__, str(error)
    if name == "UncompletedJobError" and (lost := re.search(r"Job (\S+) .*\(state: (.+?)\)", text, re.DOTALL)):
        return f"SLURM job {lost[1]} ended without a result ({lost[2]})"
    if name == "FailedJobError" and (
        failed := re.search(r"with trace:\n-+\n(.+?)\n-{9,}.*?  - (\S+)", text, re.DOTALL)
    ):
        return f"its SLURM job could not begin it ({failed[1].strip().splitlines()[-1]}); see {failed[2]}"
    return None


def _problem_of(command: list[str]) -> str | None:
    """Return the last error line of a command that failed; None of one that did not."""
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=_ANSWERS_WITHIN_S, check=False)
    except subprocess.TimeoutExpired:
        return f"no answer within {_ANSWERS_WITHIN_S:g} s"
    if answer.returncode == 0:
        return None
    return (answer.stderr.strip().splitlines() or [f"exit code {answer.returncode}"])[-1]
