"""Which launchers run several jobs at once for a sweep, and how many."""

from typing import Any

from hydra.plugins.launcher import Launcher
from omegaconf import DictConfig

from segsweep.sweep.errors import launcher_mixes, not_a_number_of_jobs

_QUEUES = {"hydra_submitit_launcher": 64, "hydra_ray_launcher": 16, "hydra_joblib_launcher": 2}
"""Runs handed to an engine at once with n_jobs=auto; the engine keeps what does not fit in a queue of its own."""


def resolve_n_jobs(setting: Any, launcher: Launcher, settings: DictConfig) -> int:
    """Return how many runs are in flight at once.

    Args:
        setting: `hydra.sweeper.n_jobs`: auto or a number.
        launcher: The launcher of the sweep.
        settings: `hydra.launcher`.
    Raises:
        SweepError: If the setting is neither, or the launcher cannot run so many for us.
    """
    target = str(settings.get("_target_", ""))
    if setting != "auto" and not (str(setting).isdecimal() and int(setting) > 0):
        raise not_a_number_of_jobs(setting)
    wanted = _auto(launcher, target) if setting == "auto" else int(setting)
    _require_unmixed(target, settings, wanted)
    return wanted


def runs_in_this_process(settings: DictConfig) -> bool:
    """Tell whether the launcher trains in the sweep's own process."""
    return "basic_launcher" in str(settings.get("_target_", ""))


def _auto(launcher: Launcher, target: str) -> int:
    if hasattr(launcher, "num_slots"):
        return int(launcher.num_slots())
    return next((num for name, num in _QUEUES.items() if name in target), 1)


def _require_unmixed(target: str, settings: DictConfig, n_jobs: int) -> None:
    """Refuse what was seen to mix the configs of jobs, or to hang."""
    if "basic_launcher" in target and n_jobs > 1:
        why = "trains in one process, where jobs side by side mix their configs"
        raise launcher_mixes("basic", why, "Set hydra.sweeper.n_jobs=1, or take hydra/launcher=local")
    if "joblib" not in target:
        return
    if settings.get("backend") == "multiprocessing":
        why = "with backend=multiprocessing hangs for ever when a run is killed"
        raise launcher_mixes("joblib", why, "Take hydra/launcher=local")
    if settings.get("n_jobs") == 1 and n_jobs > 1:
        why = "with n_jobs=1 trains in one process, where jobs side by side mix their configs"
        raise launcher_mixes("joblib", why, "Set hydra.sweeper.n_jobs=1, or take hydra/launcher=local")
