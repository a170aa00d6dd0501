"""From a command line to the plan of a sweep; every mistake is answered here, before anything runs."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast

from hydra.core.config_loader import ConfigLoader
from omegaconf import DictConfig, OmegaConf

from segsweep.cli.answers import unknown_option
from segsweep.runs.folder import require_writable
from segsweep.runs.objectives import read_objectives
from segsweep.runs.versions import KnownInputs
from segsweep.schema import SweepConfig
from segsweep.sweep.plan.cells import Cell, Compose, check_cells, make_cell
from segsweep.sweep.plan.errors import not_a_number_of_trials, rerun_of_a_sweep
from segsweep.sweep.plan.facts import study_name, sweep_folder
from segsweep.sweep.plan.plan import SweepPlan
from segsweep.sweep.plan.pruner import pruned_metric, prunes_nothing
from segsweep.sweep.plan.race import check_race, race_rules
from segsweep.sweep.plan.space import Space, is_grid_sampler, read_space


def read_plan(
    config: DictConfig,
    *,
    overrides: Sequence[str],
    sampler: DictConfig,
    pruner: DictConfig,
    n_trials: Any,
    loader: ConfigLoader,
    compose: Compose,
    command: str,
) -> SweepPlan:
    """Read, compose and check all that a sweep needs.

    Args:
        config: The config that all runs share, with Hydra's own node.
        overrides: What is swept and set; the last one of a key counts.
        sampler: `hydra.sweeper.sampler`.
        pruner: `hydra.sweeper.pruner`.
        n_trials: Runs in all, where a sampler proposes.
        loader: Of Hydra; it lists the options of groups.
        compose: Makes the config of a job.
        command: What was typed.
    Raises:
        SegsweepError: For a mistake.
    """
    settings = _settings(config)
    if config.rerun is True:
        raise rerun_of_a_sweep()
    chosen = _chosen(config, loader)
    is_grid = is_grid_sampler(sampler)
    space = read_space(overrides, settings.runs, is_grid=is_grid, loader=loader)
    objectives = read_objectives(settings.objectives, allow_test=settings.allow_test_objective)
    objectives = objectives or {config.trainer.monitor: config.trainer.monitor_mode}
    if not prunes_nothing(pruner):
        pruned_metric(objectives)
    is_race = settings.until == "settled"
    if is_race:
        check_race(space, objectives, prunes=not prunes_nothing(pruner))
        space = space.with_seeds(first=config.seed, most=settings.max_seeds)
    inputs = KnownInputs()
    cells = _cells(
        space, partial(make_cell, compose=compose, inputs=inputs), refuse=settings.on_incompatible == "refuse"
    )
    name = settings.name or chosen or ("grid" if is_grid else "search")
    base = cast(dict[str, Any], OmegaConf.to_container(_without_hydra(config), resolve=True))
    study = study_name(name, space, base, objectives, is_race=is_race)
    runs = Path(config.paths.runs).expanduser()
    require_writable(runs / "any run")
    return SweepPlan(
        name=name,
        study_name=study,
        folder=sweep_folder(runs, study),
        runs=runs,
        space=space,
        objectives=objectives,
        monitor=config.trainer.monitor,
        mode=config.trainer.monitor_mode,
        max_epochs=config.trainer.max_epochs,
        settings=settings,
        sampler=sampler,
        storage=_unresolved(config.hydra.sweeper, "storage"),
        num_runs=len(cells) if is_grid else _num_trials(n_trials),
        cells=cells,
        compose=compose,
        inputs=inputs,
        command=command,
        base=base,
        race=race_rules(settings, space, cells) if is_race else None,
    )


def _settings(config: DictConfig) -> SweepConfig:
    return cast(SweepConfig, OmegaConf.to_object(config.sweep))


def _cells(space: Space, make: Callable[[Sequence[str], Sequence[str]], Cell], *, refuse: bool) -> Mapping[int, Cell]:
    """Return the cells of a grid by their number in the plan; of a search, only try that each value can be composed."""
    if not space.is_grid:
        for key, distribution in space.axes.items():
            for choice in getattr(distribution, "choices", ()):
                make(space.varied({key: choice}), space.fixed)
        return {}
    made = [make(space.varied(params), space.fixed) for params in space.cells()]
    check_cells(made, refuse=refuse)
    return dict(enumerate(made))


def _chosen(config: DictConfig, loader: ConfigLoader) -> str | None:
    """Return the chosen file of conf/sweep; Hydra passes over one that does not exist."""
    chosen = config.hydra.runtime.choices.get("sweep")
    if not chosen:
        return None
    known = loader.get_group_options("sweep")
    if chosen not in known:
        raise unknown_option("sweep", str(chosen), known)
    return str(chosen)


def _num_trials(setting: Any) -> int:
    if not (str(setting).isdecimal() and int(setting) > 0):
        raise not_a_number_of_trials(setting)
    return int(setting)


def _unresolved(node: DictConfig, key: str) -> str:
    """Return a value as it is written, so that a password in the environment stays there."""
    content = OmegaConf.to_container(node, resolve=False)
    assert isinstance(content, dict)
    return str(content[key])


def _without_hydra(config: DictConfig) -> DictConfig:
    return OmegaConf.masked_copy(config, [str(key) for key in config if key != "hydra"])
