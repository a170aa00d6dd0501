"""Ray as the engine of a sweep: whether a cluster answers and has a node for such a run, and why it lost one."""

import logging
import os
import re
import socket
from typing import Any

from omegaconf import DictConfig, OmegaConf

from segsweep.core.errors import SweepError
from segsweep.core.text import first_line

log = logging.getLogger("segsweep")

_ANSWERS_WITHIN_S = 30.0


def prepare(launcher: DictConfig) -> None:
    """Connect here, once: threads that hand over runs side by side would each try to.

    Raises:
        SweepError: If no cluster answers, or it does not let this sweep in.
    """
    import ray

    settings = launcher.ray
    if ray.is_initialized():
        return
    init: dict[str, Any] = OmegaConf.to_container(settings.init, resolve=True) or {}  # type: ignore[assignment]
    address = str(init.get("address") or "")
    if address in ("", "auto"):
        address = os.environ.get("RAY_ADDRESS", "auto")
    try:
        _require_answer(address)
    except OSError as error:
        raise ray_not_found(address, str(error)) from error
    try:
        ray.init(**init)
    except (OSError, RuntimeError, ray.exceptions.RayError) as error:
        sentence = ray_not_found if address == "auto" else ray_refuses
        raise sentence(address, first_line(error)) from error
    _warn_of_no_node(settings.remote)


def explain(error: BaseException) -> str | None:
    """Put into a sentence why a run was lost; None for an error of another kind."""
    if not type(error).__module__.startswith("ray."):
        return None
    name = type(error).__name__
    if name == "OutOfMemoryError":
        return "Ray killed it because its node ran out of memory"
    if name == "NodeDiedError" or "node" in str(error).partition("\n")[0].lower():
        return "the Ray node that it ran on is gone"
    return "its Ray worker died (killed, crashed, or out of memory)" if name == "WorkerCrashedError" else None


def _require_answer(address: str) -> None:
    """Try the port of a head that is named; Ray itself would go on trying, with 12 lines of log a minute."""
    if found := re.fullmatch(r"(?:ray://)?(.+):(\d+)", address):
        socket.create_connection((found[1], int(found[2])), timeout=_ANSWERS_WITHIN_S).close()


def _warn_of_no_node(remote: DictConfig) -> None:
    """Warn where no node could run what is asked for; not an error, for a cluster may grow on demand."""
    import ray

    needs = {"CPU": float(remote.get("num_cpus") or 1), "GPU": float(remote.get("num_gpus") or 0)}
    nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]  # type: ignore[no-untyped-call]
    if not any(all(node.get(name, 0) >= amount for name, amount in needs.items()) for node in nodes):
        have = [f"CPU {node.get('CPU', 0):g}, GPU {node.get('GPU', 0):g}" for node in nodes]
        log.warning(
            "No node of the Ray cluster has what a run asks for (%s); they have %s. The runs wait until such a node "
            "joins. To ask for less: hydra.launcher.ray.remote.num_cpus=..., num_gpus=...",
            ", ".join(f"{name} {amount:g}" for name, amount in needs.items()),
            " / ".join(have),
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
