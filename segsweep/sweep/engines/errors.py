"""Sentences about what runs a sweep beyond this process: launcher plugins, SLURM, Ray."""

from collections.abc import Mapping

from segsweep.core.errors import SweepError

_NO_DRIVER = "Or let SLURM start the sweep itself: see From laptop to cluster in README.md"


def slurm_not_here(command: str) -> SweepError:
    """A SLURM command that this machine does not have."""
    return SweepError(
        f"hydra/launcher=slurm submits jobs from here, but there is no {command} on this machine. "
        "Type the command on a login node of the cluster, or take hydra/launcher=local"
    )


def slurm_without_accounting(problem: str) -> SweepError:
    """Without sacct nobody tells that a job is gone."""
    return SweepError(
        f"sacct does not answer ({problem}), so the sweep would wait for ever for a job that was killed. {_NO_DRIVER}"
    )


def slurm_refuses(problem: str) -> SweepError:
    """SLURM would take no such job."""
    return SweepError(
        f"SLURM takes no such job: {problem}. What a run asks for stands in conf/hydra/launcher/slurm.yaml; "
        "set it there or as hydra.launcher.KEY=VALUE. sinfo lists what the nodes have"
    )


def ray_not_found(address: str, problem: str) -> SweepError:
    """No Ray cluster at the address."""
    return SweepError(
        f"No Ray cluster answers at hydra.launcher.ray.init.address={address} ({problem}). "
        "Start one: ray start --head here, then what it prints on every other machine"
    )


def ray_refuses(address: str, problem: str) -> SweepError:
    """A Ray cluster that answers, but not to us."""
    return SweepError(
        f"The Ray cluster at hydra.launcher.ray.init.address={address} does not let this sweep in ({problem}). Ray and "
        "Python must be of the same version here and there, and RAY_AUTH_MODE, with its token, as it was for ray start"
    )


def ray_has_no_such_node(needs: Mapping[str, float], nodes: list[str]) -> str:
    """Return the warning that no node can run what is asked for, yet."""
    asked = ", ".join(f"{name} {amount:g}" for name, amount in needs.items())
    return (
        f"No node of the Ray cluster has what a run asks for ({asked}); they have {' / '.join(nodes)}. The runs wait "
        "until such a node joins. To ask for less: hydra.launcher.ray.remote.num_cpus=..., num_gpus=..."
    )


def ray_node_gone() -> str:
    """Return what happened to a run whose node went away."""
    return "the Ray node that it ran on is gone"


def ray_worker_died() -> str:
    """Return what happened to a run whose Ray worker died."""
    return "its Ray worker died (killed, crashed, or out of memory)"


def ray_out_of_memory() -> str:
    """Return what happened to a run that Ray killed."""
    return "Ray killed it because its node ran out of memory"


def slurm_job_gone(job: str, state: str) -> str:
    """Return what happened to a run whose SLURM job ended without a result."""
    return f"SLURM job {job} ended without a result ({state})"
