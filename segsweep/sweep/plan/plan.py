"""A sweep as it was asked for: all that the parts of the sweeper share, decided before the first run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from omegaconf import DictConfig

from segsweep.schema import SweepConfig
from segsweep.sweep.plan.cells import Cell, Compose
from segsweep.sweep.plan.space import Space


@dataclass(frozen=True)
class Asked:
    """What is to be run, where, and what is sought."""

    name: str
    study_name: str
    folder: Path
    """The sweep's own folder."""
    runs: Path
    """The folder of the runs."""
    space: Space
    objectives: Mapping[str, str]
    """Metric to max or min."""
    monitor: str
    mode: str
    max_epochs: int
    settings: SweepConfig
    sampler: DictConfig
    storage: str
    """As it stands in the config; a password stays in the environment."""
    num_runs: int
    cells: Mapping[int, Cell]
    """The cells of a grid, by ticket; empty where a sampler proposes."""
    compose: Compose
    command: str
    base: dict[str, Any]
    """The config that all runs share, in plain containers."""
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def tickets(self) -> range:
        """The tickets that were asked for."""
        return range(self.num_runs)

    def facts(self, slots: int) -> dict[str, Any]:
        """Return the content of sweep.json."""
        return {
            "name": self.name,
            "study": self.study_name,
            "storage": self.storage,
            "command": self.command,
            "runs": str(self.runs.resolve()),
            "monitor": self.monitor,
            "mode": self.mode,
            "objectives": dict(self.objectives),
            "axes": list(self.space.axes),
            "num_runs": self.num_runs,
            "max_epochs": self.max_epochs,
            "slots": slots,
            "started": self.started.isoformat(timespec="seconds"),
        }
