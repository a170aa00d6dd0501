"""The GPUs that a sweep may use, found without CUDA: what initialises CUDA must not be forked."""

import os
import subprocess
from collections.abc import Sequence
from typing import Any

from segsweep.sweep.launcher.errors import bad_launcher_setting

_ACCEPTED = "auto, none, or GPUs by index or UUID, each once: [0,1]"
_PATIENCE_S = 20.0


def choose_gpus(setting: Any, *, accelerator: str | None) -> tuple[str, ...] | None:
    """Choose the GPUs of a sweep.

    Args:
        setting: `hydra.launcher.gpus`: auto, none, or a list.
        accelerator: `hardware.accelerator` of the sweep; cpu means that auto finds none.
    Returns:
        Their indices or UUIDs; empty if runs shall see none; None if there are none to give out.
    Raises:
        ConfigError: If the setting is none of these.
    """
    if setting in (None, "none"):
        return ()
    if setting == "auto":
        return (None if accelerator == "cpu" else _visible() or _listed()) or None
    return _named(setting)


def _named(setting: Any) -> tuple[str, ...]:
    words = setting.split(",") if isinstance(setting, str) else setting if isinstance(setting, Sequence) else [setting]
    names = tuple(str(word).strip() for word in words)
    known = (name.isdecimal() or name.startswith(("GPU-", "MIG-")) for name in names)
    if not all(known) or len(set(names)) < len(names):
        raise bad_launcher_setting("gpus", setting, _ACCEPTED)
    return names


def _visible() -> tuple[str, ...]:
    """Return what CUDA_VISIBLE_DEVICES names; like CUDA, nothing from the first word on that is no device."""
    names = []
    for word in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(","):
        if not (word.strip().isdecimal() or word.strip().startswith(("GPU-", "MIG-"))):
            break
        names.append(word.strip())
    return tuple(dict.fromkeys(names))


def _listed() -> tuple[str, ...]:
    if "CUDA_VISIBLE_DEVICES" in os.environ:
        return ()
    command = ["nvidia-smi", "--query-gpu=index", "--format=csv,noheader"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(line.strip() for line in answer.stdout.splitlines() if line.strip().isdecimal())
