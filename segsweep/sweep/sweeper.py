"""The sweeper (`hydra/sweeper=queue`): plans a sweep of what was typed, and runs it; its table of contents."""

import logging
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from hydra.core.config_loader import ConfigLoader
from hydra.core.plugins import Plugins
from hydra.plugins.launcher import Launcher
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, OmegaConf

from segsweep.sweep.plan.compose import compose_job
from segsweep.sweep.plan.plan import SweepPlan
from segsweep.sweep.plan.read import read_plan

log = logging.getLogger("segsweep")


class QueueSweeper(Sweeper):
    """Runs a grid, or what a sampler of Optuna proposes, through one queue that any number of processes share."""

    def __init__(
        self, sampler: DictConfig, pruner: DictConfig, storage: str, n_trials: int, n_jobs: Any, params: Any
    ) -> None:
        """Take the settings of `hydra.sweeper`; they are checked when the sweep begins.

        Args:
            sampler: An Optuna sampler; the grid sampler means every combination.
            pruner: An Optuna pruner, which each run of the sweep consults.
            storage: journal, or a database URL.
            n_trials: Runs in all, where a sampler proposes; a repeated command goes on up to this number.
            n_jobs: Runs in flight at once, or auto.
            params: What is swept, by key, as on the command line.
        """
        self._storage = storage
        self._sampler = sampler
        self._pruner = pruner
        self._n_trials = n_trials
        self._n_jobs = n_jobs
        self._params = params

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """Keep the sweep's config, and set up the launcher."""
        self._config = config
        self._context = hydra_context
        self._launcher: Launcher = Plugins.instance().instantiate_launcher(
            hydra_context=hydra_context, task_function=task_function, config=config
        )

    def sweep(self, arguments: list[str]) -> Any:
        """Run the sweep of a command line.

        Raises:
            SegsweepError: For a mistake, before anything runs; `RunsFailedError` at the end if runs failed.
            Interrupted: After a signal.
        """
        from segsweep.sweep.session import begin_session, run_sweep
        from segsweep.sweep.view.dry_run import describe_plan

        dry_run = self._config.sweep.dry_run
        if not dry_run and hasattr(self._launcher, "warm_up"):
            self._launcher.warm_up()  # loads torch while the runs are composed
        plan = self._plan(arguments)
        if dry_run:
            print(describe_plan(plan))
            return None
        return run_sweep(begin_session(plan, self._launcher, self._config, storage=self._storage, n_jobs=self._n_jobs))

    def _plan(self, arguments: Sequence[str]) -> SweepPlan:
        params = OmegaConf.to_container(self._params, resolve=True) if self._params else {}
        assert isinstance(params, dict)
        return read_plan(
            self._config,
            overrides=[*(f"{key!s}={value}" for key, value in params.items()), *arguments],
            sampler=self._sampler,
            pruner=self._pruner,
            n_trials=self._n_trials,
            loader=self._loader(),
            compose=partial(compose_job, self._context, self._config),
            command=_command(),
        )

    def _loader(self) -> ConfigLoader:
        return self._context.config_loader


def _command() -> str:
    """Return what was typed, as it can be typed again."""
    import shlex

    program = Path(sys.argv[0])
    start = "python -m segsweep.train" if program.suffix == ".py" else program.name
    names_a_file = any(word.startswith("sweep=") for word in sys.argv)  # then -m goes without saying
    words = [word for word in sys.argv[1:] if not (names_a_file and word in ("-m", "--multirun"))]
    return " ".join([start, *(shlex.quote(word) for word in words)])
