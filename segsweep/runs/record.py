"""The record of a run: what was asked for, what came out, what it cost, on what it ran."""

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from segsweep.core.files import write_json

SCHEMA_VERSION = 1
RECORD_FILE = "record.json"

Status = Literal["complete", "failed", "interrupted", "pruned"]


@dataclass(frozen=True)
class RunRecord:
    """The content of `record.json`, which is written last: a folder without one is a run that has not ended."""

    name: str
    """Name of the run, that is of its identity; a rerun has the same name in another folder."""
    status: Status
    """How the run ended."""
    metrics: dict[str, float | None]
    """`val/...` of the best epoch and `test/...` from the best checkpoint; null where a metric is undefined."""
    config: dict[str, Any]
    """The resolved config."""
    training: dict[str, Any] = field(default_factory=dict)
    """What was decided on the way: precision, class weights, best epoch, epochs run, split that was tested."""
    cost: dict[str, Any] = field(default_factory=dict)
    """Parameters, GFLOPs, img/s, peak memory, seconds, epochs."""
    data: dict[str, Any] = field(default_factory=dict)
    """Fingerprint, images per split, task, classes."""
    environment: dict[str, Any] = field(default_factory=dict)
    """Versions, device, git commit, host-independent."""
    reason: str | None = None
    """Why the run failed or stopped, in a sentence; null for a complete one."""
    started: str = ""
    """ISO 8601, UTC."""
    finished: str = ""
    """ISO 8601, UTC."""
    schema_version: int = SCHEMA_VERSION

    def write(self, folder: Path) -> None:
        """Write the record into the run's folder, atomically."""
        write_json(folder / RECORD_FILE, asdict(self))


def read_record(folder: Path) -> RunRecord | None:
    """Read the record of a run's folder; None where there is none, or none that can be read.

    An unreadable record counts as absent: the run is then continued from its checkpoint and recorded anew.
    Keys that a newer version added are passed over.
    """
    try:
        content = json.loads((folder / RECORD_FILE).read_text(encoding="utf-8"))
        known = {entry.name for entry in fields(RunRecord)}
        return RunRecord(**{key: value for key, value in content.items() if key in known})
    except (FileNotFoundError, NotADirectoryError, json.JSONDecodeError, UnicodeDecodeError, TypeError, AttributeError):
        return None
