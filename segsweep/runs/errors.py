"""Sentences about the folder of a run and about how a run ended."""

from collections.abc import Sequence
from pathlib import Path

from segsweep.core.errors import ConfigError, RunError, near_hint


def run_busy(folder: Path, holder: str) -> RunError:
    """Another process trains this very run."""
    return RunError(
        f"{folder} is being trained by {holder or 'another process'}. "
        "Wait for it, or train a second time beside it: rerun=true"
    )


def runs_not_writable(folder: Path, error: OSError) -> RunError:
    """The run's folder cannot be made or written."""
    return RunError(
        f"Nothing can be written to {folder} ({error.strerror or error}). Choose another place: paths.runs=FOLDER"
    )


_AGAIN = "Train on the files of today, beside it: rerun=true"


def data_changed(folder: Path) -> RunError:
    """The files of the data set are not those the run began with."""
    return RunError(
        f"{folder} was trained on other files: names or sizes in data.root have changed since it began.\n{_AGAIN}"
    )


def content_changed(folder: Path) -> RunError:
    """The files of the data set have their names and sizes, and hold something else than when the run began."""
    return RunError(
        f"{folder} was trained on other files: what files in data.root hold has changed since it began, at the same "
        f"names and sizes.\n{_AGAIN}"
    )


def name_taken(folder: Path) -> RunError:
    """Two runs that differ have one name, by a chance of one in 280 million millions."""
    return RunError(
        f"{folder} holds another run: by chance its settings give the same name. "
        "Give this one another place: paths.runs=FOLDER"
    )


def run_not_found(run: str, runs: Path, near: list[str]) -> RunError:
    """No run lies there."""
    return RunError(
        f"{run} is neither a folder nor a run in {runs}.{near_hint(near)} Another folder of runs: --runs FOLDER"
    )


def no_record(folder: Path) -> RunError:
    """A folder that should hold a trained run holds no record that can be read."""
    if not folder.is_dir():
        return RunError(f"{folder} is no folder. Choose the folder of a run, such as runs/unet-resnet34-0a1b2c3d4e5f")
    return RunError(
        f"{folder} holds no record.json that can be read: it is no run, or one that has not ended. "
        "The command that began a run goes on with it"
    )


def no_checkpoint(folder: Path, status: str) -> RunError:
    """A run keeps no weights."""
    return RunError(
        f"{folder} holds no checkpoints/best.ckpt: the run is {status}, and its weights were removed or it never came "
        "to a validation. The command that began it trains it again: rerun=true"
    )


def checkpoint_unfit(folder: Path, problem: str) -> RunError:
    """The weights of a run cannot be read, or are those of another network."""
    return RunError(
        f"{folder}/checkpoints/best.ckpt cannot be used: {problem}. It is damaged, or the network was built otherwise, "
        "by other versions of its libraries or of a plugin; see the environment in record.json"
    )


def config_unreadable(folder: Path, problem: str) -> RunError:
    """The config of a record does not fit the schema of this version."""
    return RunError(
        f"The config in {folder}/record.json cannot be read by this version of segsweep: {problem}. "
        "See its environment for the version that wrote it"
    )


_TRY = "such as sweep.objectives=[val/dice:max,cost/ms_per_image:min]"


def wrong_form(name: str) -> ConfigError:
    """The name of an objective is neither a metric nor a cost."""
    return ConfigError(f"sweep.objectives: {name} is neither val/..., test/... nor cost/..., {_TRY}")


def bad_direction(name: str, found: str) -> ConfigError:
    """The direction of an objective is unknown."""
    return ConfigError(f"sweep.objectives: {name} is neither max nor min but {found or 'without a direction'}, {_TRY}")


def objective_on_test(name: str, direction: str) -> ConfigError:
    """An objective is measured on the test images."""
    instead = f"val/{name.partition('/')[2]}:{direction}"
    return ConfigError(
        f"sweep.objectives: {name} would choose by the test images. The best of many runs on them is the luckiest, so "
        "its test score is above what it reaches on new images, and nothing is left to measure that with. "
        f"Try sweep.objectives=[{instead}], or insist with sweep.allow_test_objective=true"
    )


def objective_unknown(name: str, near: Sequence[str]) -> RunError:
    """A run has no such value."""
    return RunError(
        f"The run has no {name}.{near_hint(near)} See its record.json for all; choose with sweep.objectives"
    )


def objective_undefined(name: str) -> RunError:
    """A run has no finite value."""
    return RunError(
        f"{name} of the run is no number: there was nothing to measure it on. "
        "Choose another: trainer.monitor=METRIC, or sweep.objectives"
    )
