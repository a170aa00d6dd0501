"""What a sweep varies: axes with their values or ranges, settings that go together, and what all runs share."""

import itertools
import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hydra.core.config_loader import ConfigLoader
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from omegaconf import DictConfig

from segsweep.sweep.plan.errors import (
    cannot_sweep,
    glob_finds_nothing,
    not_a_grid,
    nothing_swept,
    run_not_settings,
    runs_clash,
)

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

RUNS_AXIS = "sweep.runs"
"""Name of the axis whose values are the entries of `sweep.runs`."""

SEED_AXIS = "seed"
"""Name of the axis that tells runs of one configuration apart."""

Params = Mapping[str, Any]


@dataclass(frozen=True)
class Space:
    """The space of a sweep."""

    axes: "Mapping[str, BaseDistribution]"
    """What is varied, by the key as typed; values of categorical axes are texts that Hydra can parse."""
    fixed: tuple[str, ...]
    """Overrides that all runs share."""
    is_grid: bool
    """Whether every combination is run, rather than those that a sampler proposes."""

    def cells(self) -> Iterator[dict[str, str]]:
        """Yield all combinations of a grid; the last axis varies fastest, as in Hydra."""
        values = [_choices(distribution) for distribution in self.axes.values()]
        for combination in itertools.product(*values):
            yield dict(zip(self.axes, combination, strict=True))

    def num_values(self, key: str) -> int:
        """Return how many values an axis of a grid has."""
        return len(_choices(self.axes[key]))

    def varied(self, params: Params) -> list[str]:
        """Return the overrides that a combination sets."""
        words: list[str] = []
        for key, value in params.items():
            words += shlex.split(value) if key == RUNS_AXIS else [f"{key}={value}"]
        return words

    def with_seeds(self, *, first: int, most: int) -> "Space":
        """Return the space of a race, in which the seeds vary slowest: one seed of every configuration, then another.

        Args:
            first: The first seed, where none are listed.
            most: How many seeds there are then.
        Raises:
            SweepError: If an entry of `sweep.runs` has a seed of its own.
        """
        from optuna.distributions import CategoricalDistribution

        axes = dict(self.axes)
        seeds = axes.pop(SEED_AXIS, None) or CategoricalDistribution([str(first + place) for place in range(most)])
        listed = [word for text in _choices(axes[RUNS_AXIS]) for word in shlex.split(text)] if RUNS_AXIS in axes else []
        if any(word.startswith(f"{SEED_AXIS}=") for word in listed):
            raise runs_clash([SEED_AXIS])
        fixed = tuple(word for word in self.fixed if not word.startswith(f"{SEED_AXIS}="))
        return Space({SEED_AXIS: seeds, **axes}, fixed, is_grid=True)

    def signature(self) -> str:
        """Return a text that is equal for equal axes only."""
        from optuna.distributions import distribution_to_json

        axes = {key: distribution_to_json(distribution) for key, distribution in self.axes.items()}
        return json.dumps([self.is_grid, axes])


def _choices(distribution: Any) -> Sequence[str]:
    choices: Sequence[str] = distribution.choices
    return choices


def read_space(words: Sequence[str], runs: Sequence[str], *, is_grid: bool, loader: ConfigLoader) -> Space:
    """Read what a sweep varies.

    Args:
        words: Overrides, those of `hydra.sweeper.params` first; the last one of a key counts.
        runs: Settings that go together, one text per run.
        is_grid: Whether a grid is wanted, in which a range without steps has no place.
        loader: Of Hydra; it lists the options of groups, for glob(...).
    Raises:
        SweepError: If nothing is varied, or not in a way that can be run.
    """
    parser = OverridesParser.create(config_loader=loader)
    by_key = {_key(override): override for override in parser.parse_overrides(list(words))}
    swept = {key: override for key, override in by_key.items() if override.is_sweep_override()}
    fixed = tuple(str(by_key[key].input_line) for key in by_key if key not in swept)
    if is_grid and (endless := [key for key, override in swept.items() if not override.is_discrete_sweep()]):
        raise not_a_grid(endless)
    axes = _axis_of_runs(runs, parser, taken=set(swept))
    axes |= {key: _distribution(override, as_values=is_grid) for key, override in swept.items()}
    if not axes:
        raise nothing_swept()
    return Space(axes, fixed, is_grid)


def _key(override: Override) -> str:
    key: str = override.get_key_element()
    return key


def _axis_of_runs(runs: Sequence[str], parser: OverridesParser, *, taken: set[str]) -> "dict[str, BaseDistribution]":
    from optuna.distributions import CategoricalDistribution

    if not runs:
        return {}
    keys: set[str] = set()
    for text in runs:
        try:
            settings = parser.parse_overrides(shlex.split(text))
        except (ValueError, HydraException) as error:
            raise run_not_settings(text, str(error).splitlines()[0]) from error
        if not settings or any(setting.is_sweep_override() for setting in settings):
            raise run_not_settings(text, "each must have one value")
        keys |= {_key(setting) for setting in settings}
    if clash := sorted(keys & taken):
        raise runs_clash(clash)
    return {RUNS_AXIS: CategoricalDistribution(list(dict.fromkeys(runs)))}


def _distribution(override: Override, *, as_values: bool) -> "BaseDistribution":
    from hydra_plugins.hydra_optuna_sweeper._impl import create_optuna_distribution_from_override
    from optuna.distributions import CategoricalDistribution

    line = str(override.input_line)
    try:
        if as_values or not (override.is_interval_sweep() or override.is_range_sweep()):
            values = list(dict.fromkeys(override.sweep_string_iterator()))
            if not values:
                raise glob_finds_nothing(line)
            return CategoricalDistribution(values)
        found: BaseDistribution = create_optuna_distribution_from_override(override)
        return found
    except (ValueError, HydraException, AssertionError) as error:
        raise cannot_sweep(line, str(error)) from error


def is_grid_sampler(sampler: DictConfig) -> bool:
    """Tell whether `hydra.sweeper.sampler` means every combination."""
    return str(sampler.get("_target_", "")).endswith(".GridSampler")
