"""The tree of errors, and the exit code that each kind ends a command with.

    SegsweepError            a mistake that the user can mend                                  2
        ConfigError          a setting, or a pair of settings, that cannot be trained
        DataError            a data set that cannot be trained on as it lies on disk
            LabelError       a mask holds a value that is neither a class nor ignored
        WeightsError         pretrained weights that cannot be had
        RunError             a run's folder that cannot be worked in
        SweepError           a sweep that cannot be run as it was asked for
            RunsFailedError  a sweep that has ended, with failed runs                          1
        SweepViewError       a sweep that cannot be shown
        ReportError          a comparison that cannot be made
        TrainingError        a run that cannot go on                                           1
            DiskError        a disk that takes nothing for as long as it was waited for
    Interrupted              a signal: 128 plus its number, such as 130 for Ctrl-C
    Pruned, StartsAgain      no mistakes: a run of a sweep is stopped early, or begins again

The sentences stand in the `errors` module of each room: what was found, what is accepted, what to type.
"""

import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path


class SegsweepError(Exception):
    """A mistake that the user can mend; its text says how."""

    exit_code = 2


class ConfigError(SegsweepError):
    """A setting, or a pair of settings, that cannot be trained."""


class DataError(SegsweepError):
    """A data set that cannot be trained on as it lies on disk."""


class LabelError(DataError):
    """A mask holds a value that is neither a class nor ignored."""


class WeightsError(SegsweepError):
    """Pretrained weights that cannot be had."""


class RunError(SegsweepError):
    """A run's folder that cannot be worked in."""


class SweepError(SegsweepError):
    """A sweep that cannot be run as it was asked for."""


class RunsFailedError(SweepError):
    """A sweep that has ended, with failed runs; everything about them has been said."""

    exit_code = 1


class SweepViewError(SegsweepError):
    """A sweep that cannot be shown."""


class ReportError(SegsweepError):
    """A comparison that cannot be made."""


class TrainingError(SegsweepError):
    """A run that cannot go on; the record keeps the sentence."""

    exit_code = 1


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


def nearest(name: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """Return the known names most like `name`, best first; empty when none is alike."""
    lowered = {known_name.lower(): known_name for known_name in known}
    matches = difflib.get_close_matches(name.lower(), lowered, n=limit, cutoff=0.5)
    return [lowered[match] for match in matches]


def near_hint(near: Sequence[str]) -> str:
    """Return ` Nearest: a, b.`, with its space in front, for the middle of a sentence; empty where nothing is near."""
    return f" Nearest: {', '.join(near)}." if near else ""


def and_more(items: Sequence[str], limit: int = 10) -> str:
    """Join the first `limit` items as lines, and count the rest."""
    lines = [f"  {item}" for item in items[:limit]]
    if len(items) > limit:
        lines.append(f"  ... and {len(items) - limit} more")
    return "\n".join(lines)


def disk_refuses(path: Path, error: OSError, waited_s: float) -> DiskError:
    """The disk is full or read-only, and stays so."""
    waited = f" for {waited_s / 60:.0f} min" if waited_s >= 60 else ""
    return DiskError(
        f"{path} cannot be written{waited} ({error.strerror or error}). Make room on the disk, or choose another "
        "place: paths.runs=FOLDER. The same command goes on after the last epoch that was saved."
    )
