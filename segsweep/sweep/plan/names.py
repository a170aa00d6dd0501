"""The names of a sweep: of its study, which follow from what is swept, and of its folder and the files in it."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from segsweep.config.identity import identity
from segsweep.sweep.plan.space import Space

SWEEPS = "sweeps"
"""Folder of the sweeps, beside the runs."""
SWEEP_FILE = "sweep.json"
LOCK_FILE = ".lock"


def study_name(name: str, space: Space, base: Mapping[str, Any], objectives: Mapping[str, str]) -> str:
    """Name a study `<sweep>-<8 hex digits>`; another space, other shared settings or objectives give another name.

    Args:
        name: The sweep's name.
        space: What is varied.
        base: The config that all runs share, in plain containers.
        objectives: The metrics that the sweep optimizes.
    """
    content = json.dumps([space.signature(), identity(base), list(objectives.items())], sort_keys=True)
    return f"{name}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"


def sweep_folder(runs: Path, study: str) -> Path:
    """Return the folder of a sweep."""
    return runs / SWEEPS / study
