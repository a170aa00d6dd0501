"""Finds the folders of sweeps."""

from datetime import UTC, datetime
from pathlib import Path

from segsweep.core.errors import SweepViewError, and_more, near_hint, nearest
from segsweep.sweep.plan.errors import not_a_sweep
from segsweep.sweep.plan.facts import SWEEP_FILE, SWEEPS, SweepFacts, read_facts

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def all_sweeps(runs: Path) -> list[Path]:
    """Return the folders of the sweeps in a folder of runs, those that began last first."""
    folders = [file.parent for file in (runs / SWEEPS).glob(f"*/{SWEEP_FILE}")]
    return sorted(folders, key=_began, reverse=True)


def find_sweep(name: str, runs: Path) -> Path:
    """Return the folder of a sweep.

    Args:
        name: The folder's path or name, or the beginning of its name; of several studies of one sweep, which differ in
            what was swept, the newest.
        runs: Folder of runs.
    Raises:
        SweepViewError: If there is none, or the name is the beginning of different sweeps' names.
    """
    for folder in (Path(name), runs / SWEEPS / name):
        if (folder / SWEEP_FILE).exists():
            return folder
    found = [folder for folder in all_sweeps(runs) if folder.name.startswith(name)]
    if len({_sweep_name(folder) for folder in found}) > 1:
        exact = [folder for folder in found if _sweep_name(folder) == name]
        if not exact:
            names = and_more([folder.name for folder in found])
            problem = f"{len(found)} sweeps have names that begin with {name}"
            raise SweepViewError(f"{problem}; type more of the one that is meant:\n{names}")
        found = exact
    if found:
        return found[0]
    for folder in (Path(name), runs / SWEEPS / name):
        if folder.is_dir():
            raise not_a_sweep(folder, SWEEP_FILE)
    known = {folder.name for folder in all_sweeps(runs)} | {_sweep_name(folder) for folder in all_sweeps(runs)}
    hint = near_hint(nearest(name, sorted(known)))
    raise SweepViewError(
        f"{name} is neither a sweep's folder nor the beginning of a sweep's name in {runs / SWEEPS}.{hint} "
        "All: python -m segsweep.inspect sweep. Another folder of runs: --runs FOLDER"
    )


def namesakes(folder: Path) -> list[str]:
    """Return the other studies of the same sweep beside a sweep's folder, the newest first."""
    own = _sweep_name(folder)
    others = (other for other in all_sweeps(folder.parent.parent) if other.resolve() != folder.resolve())
    return [other.name for other in others if _sweep_name(other) == own]


def _facts(folder: Path) -> SweepFacts | None:
    try:
        return read_facts(folder)
    except SweepViewError:
        return None


def _began(folder: Path) -> datetime:
    facts = _facts(folder)
    return facts.started if facts is not None and facts.started is not None else _LONG_AGO


def _sweep_name(folder: Path) -> str:
    facts = _facts(folder)
    return folder.name if facts is None else facts.name
