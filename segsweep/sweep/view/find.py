"""Finds the folders of sweeps."""

import json
from pathlib import Path

from segsweep.core.errors import nearest
from segsweep.sweep.queue.study import SWEEP_FILE, SWEEPS
from segsweep.sweep.view import errors


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
            raise errors.several_sweeps(name, [folder.name for folder in found])
        found = exact
    if found:
        return found[0]
    for folder in (Path(name), runs / SWEEPS / name):
        if folder.is_dir():
            raise errors.not_a_sweep(folder, SWEEP_FILE)
    known = {folder.name for folder in all_sweeps(runs)} | {_sweep_name(folder) for folder in all_sweeps(runs)}
    raise errors.sweep_not_found(name, runs / SWEEPS, nearest(name, sorted(known)))


def namesakes(folder: Path) -> list[str]:
    """Return the other studies of the same sweep beside a sweep's folder, the newest first."""
    own = _sweep_name(folder)
    others = (other for other in all_sweeps(folder.parent.parent) if other.resolve() != folder.resolve())
    return [other.name for other in others if _sweep_name(other) == own]


def _said(folder: Path, key: str) -> str:
    """Return what a sweep says of itself; nothing where that cannot be read."""
    try:
        return str(json.loads((folder / SWEEP_FILE).read_text(encoding="utf-8")).get(key) or "")
    except (OSError, ValueError, AttributeError):
        return ""


def _began(folder: Path) -> str:
    return _said(folder, "started")


def _sweep_name(folder: Path) -> str:
    return _said(folder, "name") or folder.name
