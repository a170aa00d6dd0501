"""Hydra's launchers for one machine, basic and joblib: settings that mix the configs of jobs, or hang, are refused."""

from omegaconf import DictConfig

from segsweep.core.errors import SweepError


def check_basic(_settings: DictConfig, n_jobs: int) -> None:
    """Refuse several jobs at once.

    Raises:
        SweepError: If more than one is wanted.
    """
    if n_jobs > 1:
        why = "trains in one process, where jobs side by side mix their configs"
        raise launcher_mixes("basic", why, "Set hydra.sweeper.n_jobs=1, or take hydra/launcher=local")


def check_joblib(settings: DictConfig, n_jobs: int) -> None:
    """Refuse its backend that hangs, and several jobs in one process.

    Raises:
        SweepError: If its settings would do either.
    """
    if settings.get("backend") == "multiprocessing":
        why = "with backend=multiprocessing hangs for ever when a run is killed"
        raise launcher_mixes("joblib", why, "Take hydra/launcher=local")
    if settings.get("n_jobs") == 1 and n_jobs > 1:
        why = "with n_jobs=1 trains in one process, where jobs side by side mix their configs"
        raise launcher_mixes("joblib", why, "Set hydra.sweeper.n_jobs=1, or take hydra/launcher=local")


def launcher_mixes(launcher: str, why: str, instead: str) -> SweepError:
    """A launcher that cannot run several jobs at once for us."""
    return SweepError(f"hydra/launcher={launcher} {why}. {instead}")
