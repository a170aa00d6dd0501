"""Sentences about sweeps: what is swept, the storage of the study, what runs it."""

import re

from segsweep.core.errors import ConfigError, RunsFailedError, SweepError, and_more


def _without_password(url: str) -> str:
    return re.sub(r"(://[^:/@]*):[^@]*@", r"\1:***@", url)


def storage_not_a_storage(setting: str) -> SweepError:
    """The setting is neither journal nor a URL."""
    return SweepError(
        f"hydra.sweeper.storage={_without_password(setting)} is no storage. Choose journal (a file beside the runs), "
        "sqlite:///FILE, or postgresql+psycopg://USER@HOST/DATABASE"
    )


def storage_driver_missing(url: str, problem: str) -> SweepError:
    """The database's driver is not installed."""
    install = "pip install 'segsweep[postgresql]'" if url.startswith("postgresql") else "install its driver"
    return SweepError(f"hydra.sweeper.storage={_without_password(url)} cannot be opened: {problem}. Try: {install}")


def storage_unreachable(what: str, error: Exception, waited_s: float) -> SweepError:
    """Nothing answers."""
    return SweepError(
        f"{what} has not answered for {waited_s / 60:.0f} min ({_without_password(str(error).splitlines()[0])}). "
        "Finished runs are safe in their folders; the same command goes on from them."
    )


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


def launcher_mixes(launcher: str, why: str, instead: str) -> SweepError:
    """A launcher that cannot run several jobs at once for us."""
    return SweepError(f"hydra/launcher={launcher} {why}. {instead}")


def not_a_number_of_jobs(value: object) -> SweepError:
    """n_jobs is neither auto nor a positive number."""
    return SweepError(f"hydra.sweeper.n_jobs={value} is not possible. Choose auto, or a number from 1")


def not_a_number_of_trials(value: object) -> SweepError:
    """n_trials is no positive number."""
    return SweepError(f"hydra.sweeper.n_trials={value} is not possible. Choose a number from 1")


def rerun_of_a_sweep() -> SweepError:
    """A sweep with rerun=true would never end being repeated."""
    return SweepError(
        "rerun=true trains one run again. To train a whole sweep again, give it another place: paths.runs=FOLDER"
    )


def runs_failed(num_failed: int) -> RunsFailedError:
    """The sweep ended with failures, which were reported as they happened."""
    return RunsFailedError(f"{num_failed} run{'s' if num_failed != 1 else ''} failed; see above.")


PRESETS = "asha, hyperband, median, none, patient, percentile, wilcoxon"


def pruner_needs_validation(objectives: list[str]) -> ConfigError:
    """What is sought is not known while a run trains."""
    return ConfigError(
        f"A pruner compares runs by one metric of the validation, but sweep.objectives has {', '.join(objectives)}. "
        "Try hydra/sweeper/pruner=none, or one objective such as sweep.objectives=[val/miou:max]"
    )


def pruner_wrong(target: str, problem: str) -> ConfigError:
    """The pruner cannot be made."""
    return ConfigError(
        f"hydra.sweeper.pruner={target} cannot be made: {problem.splitlines()[0] if problem else 'no reason given'}. "
        f"Choose one that is ready, hydra/sweeper/pruner=NAME: {PRESETS}"
    )
