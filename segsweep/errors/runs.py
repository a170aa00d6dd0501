"""Sentences about the folder of a run and about how a run ended."""

from pathlib import Path

from segsweep.errors.base import SegsweepError


class RunError(SegsweepError):
    """A run's folder that cannot be worked in."""


class TrainingError(SegsweepError):
    """A run that cannot go on; the record keeps the sentence."""


class DiskError(TrainingError):
    """A disk that takes nothing for as long as it was waited for."""


class Pruned(Exception):  # noqa: N818  # not an error
    """A run of a sweep was stopped early for lack of promise; no mistake, and its record says pruned."""


class StartsAgain(BaseException):
    """This process ends, so that all processes of the run begin again with smaller batches."""


class Interrupted(BaseException):
    """The run was told to stop; not an Exception, so that a sweep stops too instead of going on with the next run."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(f"stopped by signal {signal_number}")
        self.exit_code = 128 + signal_number


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


def disk_refuses(path: Path, error: OSError, waited_s: float) -> DiskError:
    """The disk is full or read-only, and stays so."""
    waited = f" for {waited_s / 60:.0f} min" if waited_s >= 60 else ""
    return DiskError(
        f"{path} cannot be written{waited} ({error.strerror or error}). Make room on the disk, or choose another "
        "place: paths.runs=FOLDER. The same command goes on after the last epoch that was saved."
    )


def pruned(epoch: int, metric: str, value: float) -> Pruned:
    """A pruner stopped the run."""
    return Pruned(f"pruned after epoch {epoch}: {metric} {value:.4g}")


def data_changed(folder: Path) -> RunError:
    """The files of the data set are not those the run began with."""
    return RunError(
        f"{folder} was trained on other files: names or sizes in data.root have changed since it began.\n"
        "Train on the files of today, beside it: rerun=true"
    )


def loss_not_finite(batch: int, cause: str) -> TrainingError:
    """The loss became NaN or infinite."""
    return TrainingError(f"The loss is not finite since training batch {batch}. {cause}")


def monitor_unknown(monitor: str, known: list[str], near: list[str]) -> SegsweepError:
    """The monitored metric is not one that validation gives."""
    nearest = f" Nearest: {', '.join(near)}." if near else ""
    shown = ", ".join(name for name in known if name.count("/") == 1 or name.startswith("val/image/"))
    return SegsweepError(f"trainer.monitor={monitor} is not a metric of this run.{nearest} Choose one of: {shown}")


def processes_died(folder: Path, exit_code: int) -> TrainingError:
    """The processes of a run on several devices ended without a record."""
    return TrainingError(
        f"The processes of {folder.name} died (exit code {exit_code}) before they could say why; "
        f"see {folder}/train.log. The same command goes on after the last finished epoch."
    )


def run_not_found(run: str, runs: Path, near: list[str]) -> RunError:
    """No run lies there."""
    hint = f" Nearest: {', '.join(near)}." if near else ""
    return RunError(f"{run} is neither a folder nor a run in {runs}.{hint} Another folder of runs: --runs FOLDER")
