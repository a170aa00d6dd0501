"""The name of a sweep's study, which follows from what is swept, its folder, and the facts that sweep.json keeps."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from segsweep.config.identity import identity
from segsweep.core.files import write_json
from segsweep.sweep.plan.errors import facts_damaged, not_a_sweep
from segsweep.sweep.plan.space import Space

SWEEPS = "sweeps"
"""Folder of the sweeps, beside the runs."""
SWEEP_FILE = "sweep.json"
LOCK_FILE = ".lock"
_NEEDED = ("name", "study", "storage", "command", "runs", "monitor", "mode")


def study_name(
    name: str, space: Space, base: Mapping[str, Any], objectives: Mapping[str, str], *, is_race: bool = False
) -> str:
    """Name a study `<sweep>-<8 hex digits>`; another space, other shared settings or objectives give another name.

    Args:
        name: The sweep's name.
        space: What is varied.
        base: The config that all runs share, in plain containers.
        objectives: The metrics that the sweep optimizes.
        is_race: Whether seeds are added where they decide; a grid of the same runs is another study.
    """
    parts = [space.signature(), identity(base), list(objectives.items()), *(["race"] if is_race else [])]
    content = json.dumps(parts, sort_keys=True)
    return f"{name}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"


def sweep_folder(runs: Path, study: str) -> Path:
    """Return the folder of a sweep."""
    return runs / SWEEPS / study


@dataclass(frozen=True)
class SweepFacts:
    """What a sweep was when its command was last started."""

    name: str
    """Of the sweep; several studies may share it."""
    study: str
    """Name of the study, and of the sweep's folder."""
    storage: str
    """As it stands in the config; a password stays in the environment."""
    command: str
    """What to type to begin the sweep, or to go on with it."""
    runs: Path
    """Folder of the runs, absolute."""
    monitor: str
    mode: str
    """max or min, of the monitored metric."""
    objectives: Mapping[str, str]
    """Metric to max or min."""
    axes: tuple[str, ...] = ()
    """Swept keys."""
    num_runs: int = 0
    """Planned runs, of a race at most; 0 where an older version did not write it."""
    is_race: bool = False
    """Whether seeds are added where they decide."""
    max_epochs: int | None = None
    slots: int = 1
    """Runs at the same time."""
    started: datetime | None = None

    def write(self, folder: Path) -> None:
        """Write the facts into the sweep's folder, atomically."""
        write_json(folder / SWEEP_FILE, self._content())

    def _content(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "study": self.study,
            "storage": self.storage,
            "command": self.command,
            "runs": str(self.runs),
            "monitor": self.monitor,
            "mode": self.mode,
            "objectives": dict(self.objectives),
            "axes": list(self.axes),
            "num_runs": self.num_runs,
            "is_race": self.is_race,
            "max_epochs": self.max_epochs,
            "slots": self.slots,
            "started": self.started.isoformat(timespec="seconds") if self.started else None,
        }


def read_facts(folder: Path) -> SweepFacts:
    """Read the facts of a sweep; what an older version did not write has its default.

    Raises:
        SweepViewError: If the file is missing or damaged.
    """
    file = folder / SWEEP_FILE
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise not_a_sweep(folder, SWEEP_FILE) from None
    except (OSError, ValueError) as error:
        raise facts_damaged(file, str(error)) from error
    missing = [key for key in _NEEDED if not isinstance(content, dict) or key not in content]
    if missing:
        raise facts_damaged(file, f"{', '.join(missing)} missing")
    try:
        return _facts(content)
    except (TypeError, ValueError, AttributeError) as error:
        raise facts_damaged(file, str(error)) from error


def _facts(content: Mapping[str, Any]) -> SweepFacts:
    return SweepFacts(
        name=str(content["name"]),
        study=str(content["study"]),
        storage=str(content["storage"]),
        command=str(content["command"]),
        runs=Path(content["runs"]),
        monitor=str(content["monitor"]),
        mode=str(content["mode"]),
        objectives=dict(content.get("objectives") or {content["monitor"]: content["mode"]}),
        axes=tuple(content.get("axes") or ()),
        num_runs=int(content.get("num_runs") or 0),
        is_race=bool(content.get("is_race")),
        max_epochs=content.get("max_epochs"),
        slots=int(content.get("slots") or 1),
        started=moment(content.get("started")),
    )


def moment(text: str | None) -> datetime | None:
    """Read a time that was written as ISO 8601; None where there is none, or none that can be read."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if text else None
    except ValueError:
        return None
