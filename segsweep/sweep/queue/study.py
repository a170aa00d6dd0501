"""The study of a sweep: its name, which follows from what is swept, its folder, and how it is opened."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from segsweep.config.identity import identity
from segsweep.sweep.plan.space import Space
from segsweep.sweep.queue.patience import patiently
from segsweep.sweep.queue.storage import open_storage

if TYPE_CHECKING:
    from optuna import Study
    from optuna.pruners import BasePruner
    from optuna.storages import BaseStorage

SWEEPS = "sweeps"
"""Folder of the sweeps, beside the runs."""
SWEEP_FILE = "sweep.json"
LOCK_FILE = ".lock"
DIRECTIONS: dict[str, Literal["maximize", "minimize"]] = {"max": "maximize", "min": "minimize"}


def study_name(name: str, space: Space, base: Mapping[str, Any], objectives: Mapping[str, str]) -> str:
    """Name a study `<sweep>-<8 hex digits>`; another space, other shared settings or objectives give another name.

    Args:
        name: The sweep's name.
        space: What is varied.
        base: The config that all runs share, in plain containers.
        objectives: What is sought.
    """
    content = json.dumps([space.signature(), identity(base), list(objectives.items())], sort_keys=True)
    return f"{name}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"


def sweep_folder(runs: Path, study: str) -> Path:
    """Return the folder of a sweep."""
    return runs / SWEEPS / study


def open_study(setting: str, folder: Path, name: str, objectives: Mapping[str, str]) -> "Study":
    """Open the study of a sweep, and make it where there is none.

    Args:
        setting: `hydra.sweeper.storage`.
        folder: The sweep's folder.
        name: The study's name.
        objectives: What is sought: metric to max or min.
    """
    import optuna

    storage = open_storage(setting, folder)
    directions = [DIRECTIONS[mode] for mode in objectives.values()]

    def opened() -> "Study":
        return optuna.create_study(study_name=name, storage=storage, directions=directions, load_if_exists=True)

    return patiently(opened, "The sweep's storage")


def load_study(storage: "BaseStorage", name: str, *, pruner: "BasePruner | None" = None) -> "Study":
    """Load a study that exists, with a pruner of one's own."""
    import optuna

    return patiently(lambda: optuna.load_study(study_name=name, storage=storage, pruner=pruner), "The sweep's storage")
