"""What a run is computed on: versions, device, commit, memory."""

import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace

import torch

from segsweep.runs.facts import EnvironmentFacts
from segsweep.runs.versions import versions_now
from segsweep.training.machine.devices import Devices


def describe_environment(devices: Devices, plugins: Sequence[str] = ()) -> EnvironmentFacts:
    """Return versions, device and git commit of the working folder; nothing that names a person or a host.

    Args:
        devices: What the run is computed on.
        plugins: Modules of the user, whose content counts as a version.
    """
    return replace(
        versions_now(plugins),
        device=devices.name,
        device_kind=devices.kind,
        num_devices=devices.num,
        cuda=torch.version.cuda if devices.kind == "cuda" else None,
        num_threads=torch.get_num_threads(),
        git_commit=_git("rev-parse", "HEAD"),
        git_dirty=bool(_git("status", "--porcelain", "--untracked-files=no")),
    )


def peak_memory_gib(devices: Devices) -> float:
    """Return the most memory in use so far: of the device on CUDA, of this process on the CPU."""
    if devices.kind == "cuda":
        return torch.cuda.max_memory_allocated() / 2**30
    unit = 1 if sys.platform == "darwin" else 1024  # bytes on macOS, KiB on Linux
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30


def _git(*words: str) -> str | None:
    try:
        answer = subprocess.run(["git", *words], capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() or None if answer.returncode == 0 else None
