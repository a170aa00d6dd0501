"""Sentences about looking at a sweep: where it lies, and what of it is damaged."""

from collections.abc import Sequence
from pathlib import Path

from segsweep.core.errors import SweepViewError, and_more, near_hint


def sweep_not_found(name: str, sweeps: Path, near: Sequence[str]) -> SweepViewError:
    """No sweep lies there."""
    return SweepViewError(
        f"{name} is neither a sweep's folder nor the beginning of a sweep's name in {sweeps}.{near_hint(near)} "
        "All: python -m segsweep.inspect sweep. Another folder of runs: --runs FOLDER"
    )


def several_sweeps(name: str, found: Sequence[str]) -> SweepViewError:
    """The beginning of a name that different sweeps share."""
    return SweepViewError(
        f"{len(found)} sweeps have names that begin with {name}; type more of the one that is meant:\n"
        + and_more(list(found))
    )


def no_sweeps(sweeps: Path) -> SweepViewError:
    """Not one sweep."""
    return SweepViewError(
        f"No sweep lies in {sweeps}. Start one: python -m segsweep.train -m model=unet,fpn\n"
        "Another folder of runs: --runs FOLDER"
    )


def journal_missing(file: Path, command: str) -> SweepViewError:
    """The study's file is gone."""
    return SweepViewError(
        f"{file} is missing, so nothing says which runs belong to this sweep. No run is lost: repeat the command, "
        f"which takes over what is complete.\n  {command}"
    )


def study_missing(study: str, folder: Path, command: str) -> SweepViewError:
    """The storage answers and does not know the study."""
    return SweepViewError(
        f"The storage of {folder} holds no study {study}. No run is lost: repeat the command, "
        f"which takes over what is complete.\n  {command}"
    )


def storage_not_resolved(storage: str, folder: Path, problem: str) -> SweepViewError:
    """The storage's address stands in an environment variable that is not set here."""
    return SweepViewError(
        f"The sweep in {folder} is stored at {storage}, which cannot be resolved here ({problem}). "
        "Set the variable as it was set for the sweep."
    )
