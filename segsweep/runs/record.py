"""The record of a run: its config, its metrics, what it cost, and what it ran on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from segsweep.config.dotted import MISSING, value_at
from segsweep.config.renamed import with_new_names
from segsweep.core.files import write_json
from segsweep.runs.facts import CostFacts, DataFacts, EnvironmentFacts, Facts, TrainingFacts
from segsweep.runs.folder import RECORD_FILE

SCHEMA_VERSION = 1

Status = Literal["complete", "failed", "interrupted", "pruned"]


_TABLES: Mapping[str, type[Facts]] = {
    "training": TrainingFacts,
    "cost": CostFacts,
    "data": DataFacts,
    "environment": EnvironmentFacts,
}


@dataclass(frozen=True)
class RunRecord:
    """The content of `record.json`, which is written last: a folder without one is a run that has not ended."""

    name: str
    """Name of the run, that is of its identity; a rerun has the same name in another folder."""
    status: Status
    """How the run ended."""
    metrics: dict[str, float | None]
    """`val/...` of the best epoch and `test/...` from the best checkpoint; without test images all is `val/...`, which
    earlier versions named `test/...` with `training.tested_split` val. Null where a metric is undefined."""
    config: dict[str, Any]
    """The resolved config."""
    training: TrainingFacts = field(default_factory=TrainingFacts)
    """What was decided on the way."""
    cost: CostFacts = field(default_factory=CostFacts)
    """Size of the network and cost of the run."""
    data: DataFacts = field(default_factory=DataFacts)
    """The data that the run was trained on."""
    environment: EnvironmentFacts = field(default_factory=EnvironmentFacts)
    """What the run was computed on."""
    reason: str | None = None
    """Why the run failed or stopped, in a sentence; null for a complete one."""
    started: str = ""
    """ISO 8601, UTC."""
    finished: str = ""
    """ISO 8601, UTC."""
    schema_version: int = SCHEMA_VERSION

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> "RunRecord":
        """Return the record of a parsed `record.json`, of this version or another.

        Raises:
            TypeError, AttributeError: If a key is missing that every version writes, or a table is none.
        """
        names = {entry.name for entry in fields(cls)}
        known = {key: value for key, value in content.items() if key in names}
        if "config" in known:
            known["config"] = with_new_names(known["config"])
        return cls(**known | {key: table.read(known[key]) for key, table in _TABLES.items() if key in known})

    def setting(self, key: str, missing: Any = None) -> Any:
        """Return the value, or the group, at a dotted key of the config, such as trainer.max_epochs.

        Args:
            key: Groups and name, with dots between.
            missing: What stands for a setting that the run does not have.
        """
        value = value_at(self.config, key)
        return missing if value is MISSING else value

    def content(self) -> dict[str, Any]:
        """Return the record as it is written."""
        values = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        return {key: value.content() if isinstance(value, Facts) else value for key, value in values.items()}

    def write(self, folder: Path) -> None:
        """Write the record into the run's folder, atomically."""
        write_json(folder / RECORD_FILE, self.content())


def read_record(folder: Path) -> RunRecord | None:
    """Read the record of a run's folder; None where there is none, or none that can be read.

    An unreadable record counts as absent: the run is then continued from its checkpoint and recorded anew.
    """
    try:
        return RunRecord.read(json.loads((folder / RECORD_FILE).read_text(encoding="utf-8")))
    except (FileNotFoundError, NotADirectoryError, json.JSONDecodeError, UnicodeDecodeError, TypeError, AttributeError):
        return None


def finished_record(folder: Path, *, pruned_by: str | None = None) -> RunRecord | None:
    """Return the record of a run that needs no more work: complete, or pruned by the given study.

    Args:
        folder: The run's folder.
        pruned_by: The study whose pruned runs are finished; those of others go on from their checkpoint.
    """
    record = read_record(folder)
    if record is None or record.status not in ("complete", "pruned"):
        return None
    its_own = pruned_by is not None and record.setting("sweep.study") == pruned_by
    return record if record.status == "complete" or its_own else None
