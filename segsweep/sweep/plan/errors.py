"""Sentences about the plan of a sweep: what is swept, what cannot be trained, the pruner, the file of facts."""

from collections.abc import Sequence
from pathlib import Path

from segsweep.config.options import conf_dir
from segsweep.core.errors import ConfigError, SweepError, SweepViewError, and_more
from segsweep.core.text import first_line, plural


def nothing_swept() -> SweepError:
    """A multirun without anything that varies."""
    return SweepError(
        "Nothing is swept: give a list, such as model=unet,fpn or seed=0,1,2, or a file: sweep=NAME. "
        "A single run needs no -m."
    )


def not_a_grid(keys: list[str]) -> SweepError:
    """A grid over a range without steps."""
    return SweepError(
        f"{', '.join(keys)} has no list of values, so there is no grid of it. Give values (a,b,c or range(1,10)), "
        "or search: hydra/sweeper/sampler=tpe hydra.sweeper.n_trials=30"
    )


def cannot_sweep(override: str, problem: str) -> SweepError:
    """An override whose sweep cannot be read."""
    return SweepError(f"{override} cannot be swept: {problem}")


def glob_finds_nothing(override: str) -> SweepError:
    """A glob that matches no option."""
    return SweepError(f"{override} matches no option.")


def runs_clash(keys: list[str]) -> SweepError:
    """A key that is set in sweep.runs and swept too."""
    return SweepError(f"{', '.join(keys)} is set by sweep.runs and swept as well. Choose one of the two.")


def run_not_settings(text: str, problem: str) -> SweepError:
    """An entry of sweep.runs that is no list of settings."""
    return SweepError(f'sweep.runs: "{text}" is no list of settings such as "model=unet loss=dice" ({problem}).')


def all_incompatible(reasons: list[str]) -> SweepError:
    """Not one combination can be trained."""
    return SweepError("None of the combinations can be trained:\n" + and_more(reasons))


def some_incompatible(reasons: list[str], num_cells: int) -> SweepError:
    """Some combinations cannot be trained, and the user wants to know before anything runs."""
    return SweepError(
        f"{len(reasons)} of {num_cells} combinations cannot be trained:\n{and_more(reasons)}\n"
        "Leave them out: sweep.on_incompatible=skip"
    )


def race_needs_a_grid() -> SweepError:
    """A sampler proposes new configurations, so there is nothing to decide between."""
    return SweepError(
        "sweep.until=settled decides between the configurations of a grid, but a sampler proposes new ones. "
        "Try hydra/sweeper/sampler=grid, or sweep.until=all"
    )


def race_needs_one_objective(objectives: list[str]) -> SweepError:
    """Nothing is best by several metrics."""
    return SweepError(
        f"sweep.until=settled decides by one metric, but sweep.objectives has {', '.join(objectives)}. "
        "Try one, such as sweep.objectives=[val/dice:max]"
    )


def race_needs_whole_runs() -> SweepError:
    """A pruner ends runs whose scores the race needs."""
    return SweepError(
        "sweep.until=settled compares runs that were trained to their end, but a pruner stops some before it. "
        "Try hydra/sweeper/pruner=none"
    )


def race_over_folds() -> SweepError:
    """Runs of different folds have different validation images."""
    return SweepError(
        "sweep.until=settled compares configurations on the same images, but data.fold is swept, which changes them. "
        "Leave one fold, such as data.fold=0"
    )


def race_needs_several(num_configurations: int, num_seeds: int) -> SweepError:
    """There is nothing to decide, or nothing to decide it with."""
    return SweepError(
        "sweep.until=settled takes two configurations and two seeds at the least, but found "
        f"{plural(num_configurations, 'configuration')} that can be trained and {plural(num_seeds, 'seed')}. "
        "Sweep something besides the seed, such as model=unet,fpn"
    )


def not_a_number_of_trials(value: object) -> SweepError:
    """n_trials is no positive number."""
    return SweepError(f"hydra.sweeper.n_trials={value} is not possible. Choose a number from 1")


def runs_of_other_data(runs: Sequence[str], reason: str) -> SweepError:
    """Finished runs that the sweep would take were trained on other files."""
    return SweepError(
        f"{plural(len(runs), 'run')} of this sweep cannot be taken as they are. {reason.partition(chr(10))[0]}\n"
        f"{and_more(runs)}\n"
        "Train them again beside their folders, on the files of today: rerun=changed"
    )


def rerun_of_a_sweep() -> SweepError:
    """A sweep with rerun=true would never end being repeated."""
    return SweepError(
        "rerun=true trains one run again. To train again what has changed in a sweep (data, weights, packages, code): "
        "rerun=changed. To train all of it again, give it another place: paths.runs=FOLDER"
    )


def pruner_needs_validation(objectives: list[str]) -> ConfigError:
    """The objective is not known while a run trains."""
    return ConfigError(
        f"A pruner compares runs by one metric of the validation, but sweep.objectives has {', '.join(objectives)}. "
        "Try hydra/sweeper/pruner=none, or one objective such as sweep.objectives=[val/miou:max]"
    )


def pruner_wrong(target: str, problem: str) -> ConfigError:
    """The pruner cannot be made."""
    presets = sorted(file.stem for file in (conf_dir() / "hydra" / "sweeper" / "pruner").glob("*.yaml"))
    return ConfigError(
        f"hydra.sweeper.pruner={target} cannot be made: {first_line(problem) or 'no reason given'}. "
        f"Choose one that is ready, hydra/sweeper/pruner=NAME: {', '.join(presets)}"
    )


def not_a_sweep(folder: Path, file: str) -> SweepViewError:
    """The folder lacks the file that every sweep begins with."""
    return SweepViewError(
        f"{folder} is not the folder of a sweep: it has no {file}. All sweeps: python -m segsweep.inspect sweep"
    )


def facts_damaged(file: Path, problem: str) -> SweepViewError:
    """The sweep's file about itself cannot be read."""
    return SweepViewError(
        f"{file} cannot be read ({problem}). No run is lost: repeat the command of the sweep, which writes it anew."
    )
