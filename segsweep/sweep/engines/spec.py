"""The engines behind launchers, a row each: what starts a sweep's runs, and what of it the sweep must know.

An engine of one's own: its file beside this one, its row, and a launcher in conf/hydra/launcher.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hydra.core.plugins import Plugins
from hydra.plugins.launcher import Launcher
from omegaconf import DictConfig

from segsweep.core.errors import SegsweepError, SweepError
from segsweep.core.registry import Table, load


@dataclass(frozen=True)
class Engine:
    """What runs the jobs that a launcher is given."""

    name: str
    launcher: str = ""
    """Begins the path of its launcher's class, `_target_` of `hydra.launcher`."""
    launcher_class: str = ""
    """The launcher as `module:Class`, where no Hydra plugin of its own brings it."""
    num_queued: int = 1
    """Runs handed to it at once with n_jobs=auto; it keeps what does not fit in a queue of its own."""
    in_this_process: bool = False
    """Whether it trains in the sweep's own process."""
    check: str = ""
    """Refuses settings that cannot run several jobs at once: `f(settings, n_jobs)`."""
    prepare: str = ""
    """Connects to it before the first run, and checks that it would take one: `f(settings)`."""
    explain: str = ""
    """Puts into a sentence why it lost a run, None for an error of another kind: `f(error)`."""
    left_behind: str = "running jobs are left to their launcher"
    """What becomes of running jobs when the sweep process ends and its launcher cannot stop them."""


_SUBMITIT = "hydra_plugins.hydra_submitit_launcher.submitit_launcher"

ENGINES: Table[Engine] = Table(
    "An engine",
    [
        Engine(  # says itself how many runs go at once
            "local",
            launcher="segsweep.sweep.launcher.local.LocalLauncher",
            launcher_class="segsweep.sweep.launcher.local:LocalLauncher",
        ),
        Engine(
            "slurm",
            launcher=f"{_SUBMITIT}.SlurmLauncher",
            num_queued=64,
            prepare="segsweep.sweep.engines.slurm:prepare",
            explain="segsweep.sweep.engines.slurm:explain",
            left_behind="jobs of SLURM go on by themselves",
        ),
        Engine(
            "submitit",  # its launcher for this machine
            launcher=f"{_SUBMITIT}.LocalLauncher",
            num_queued=64,
            explain="segsweep.sweep.engines.slurm:explain",
        ),
        Engine(
            "ray",
            launcher="hydra_plugins.hydra_ray_launcher.ray_launcher.RayLauncher",
            num_queued=16,
            prepare="segsweep.sweep.engines.ray:prepare",
            explain="segsweep.sweep.engines.ray:explain",
            left_behind="tasks of Ray end",
        ),
        Engine(
            "ray_aws",
            launcher="hydra_plugins.hydra_ray_launcher.ray_aws_launcher.",
            num_queued=16,
            explain="segsweep.sweep.engines.ray:explain",
        ),
        Engine(
            "joblib",
            launcher="hydra_plugins.hydra_joblib_launcher.",
            num_queued=2,
            check="segsweep.sweep.engines.spec:check_joblib",
        ),
        Engine(
            "basic",
            launcher="hydra._internal.core_plugins.basic_launcher.",
            in_this_process=True,
            check="segsweep.sweep.engines.spec:check_basic",
        ),
    ],
)
_OTHER = Engine("other")
"""Any launcher that has no row."""


def register_launchers() -> None:
    """Tell Hydra the launchers that come with a row; a second call changes nothing."""
    for engine in ENGINES.values():
        if engine.launcher_class:
            Plugins.instance().register(load(engine.launcher_class))


def engine_of(settings: DictConfig) -> Engine:
    """Return the engine behind a launcher, given `hydra.launcher`."""
    target = str(settings.get("_target_", ""))
    return next(
        (engine for engine in ENGINES.values() if engine.launcher and target.startswith(engine.launcher)), _OTHER
    )


def prepare_engine(settings: DictConfig) -> None:
    """Connect to the engine behind a launcher, and check that it would take a run, before any is handed to it.

    Raises:
        SweepError: If it does not answer, or refuses.
    """
    if path := engine_of(settings).prepare:
        load(path)(settings)


def explain(error: BaseException, engine: Engine) -> str:
    """Put into a sentence why an engine lost a run."""
    if isinstance(error, SegsweepError):
        return str(error)
    own: Callable[[BaseException], str | None] | None = load(engine.explain) if engine.explain else None
    reason = own(error) if own is not None else None
    lines = str(error).strip().splitlines() or ["no further word"]
    return reason or f"{type(error).__name__}: {lines[-1]}"


def resolve_n_jobs(setting: Any, launcher: Launcher, settings: DictConfig) -> int:
    """Return how many runs are in flight at once: `hydra.sweeper.n_jobs`, which is auto or a number.

    Raises:
        SweepError: If the setting is neither, or the launcher cannot run so many for us.
    """
    if setting != "auto" and not (str(setting).isdecimal() and int(setting) > 0):
        raise SweepError(f"hydra.sweeper.n_jobs={setting} is not possible. Choose auto, or a number from 1")
    engine = engine_of(settings)
    num_slots = getattr(launcher, "num_slots", lambda: engine.num_queued)
    n_jobs = int(num_slots() if setting == "auto" else setting)
    if engine.check:
        load(engine.check)(settings, n_jobs)
    return n_jobs


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
