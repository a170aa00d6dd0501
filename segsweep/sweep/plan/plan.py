"""The plan of a sweep: all that the parts of the sweeper share, decided before the first run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from omegaconf import DictConfig

from segsweep.runs.versions import KnownInputs
from segsweep.schema import SweepConfig
from segsweep.sweep.plan.cells import Cell, Compose, make_cell
from segsweep.sweep.plan.facts import LOCK_FILE, SweepFacts
from segsweep.sweep.plan.space import Params, Space

if TYPE_CHECKING:
    from segsweep.stats.decisions import Rules


@dataclass(frozen=True)
class SweepPlan:
    """What a sweep will run, where, and what it optimizes."""

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
    """The cells of a grid, by their number in the plan; empty where a sampler proposes."""
    compose: Compose
    inputs: KnownInputs
    """Looks at the data of all runs."""
    command: str
    base: dict[str, Any]
    """The config that all runs share, in plain containers."""
    race: "Rules | None" = None
    """How seeds are added where they decide; None: every cell is run."""
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def curve_metric(self) -> str:
        """The metric whose values after each epoch the study holds: the one that running trials report to a pruner."""
        only = next(iter(self.objectives)) if len(self.objectives) == 1 else ""
        return only if only.startswith("val/") else self.monitor

    @property
    def indices(self) -> range:
        """The numbers of the planned runs."""
        return range(self.num_runs)

    @property
    def lock_file(self) -> Path:
        """The lock that all processes of the sweep share."""
        return self.folder / LOCK_FILE

    def cell_of(self, params: Params) -> Cell:
        """Compose, check and name the combination of some parameters.

        Raises:
            SegsweepError: If it cannot even be composed.
        """
        return make_cell(self.space.varied(params), self.space.fixed, self.compose, self.inputs)

    @property
    def repeats_changed(self) -> bool:
        """Whether runs are trained again, beside their folder, of which something has changed since."""
        return bool(self.base["rerun"] == "changed")

    @property
    def num_combinations(self) -> int:
        """The cells that are planned; of a race those of one seed, its configurations."""
        return len(self.cells) if self.race is None else len(self.cells) // self.race.most

    @property
    def least_runs(self) -> int:
        """How many runs there are at the least."""
        if self.race is None:
            return self.num_runs
        possible = sum(self.cells[number].problem is None for number in range(self.num_combinations))
        return possible * self.race.looks[0]

    def impossible(self) -> Sequence[str]:
        """Return the combinations that cannot be trained, each with its reason."""
        cells = [self.cells[number] for number in range(self.num_combinations)]
        return [f"{' '.join(cell.varied)}: {cell.problem}" for cell in cells if cell.problem]

    def facts(self, slots: int) -> SweepFacts:
        """Return what the sweep's folder keeps of the plan."""
        return SweepFacts(
            name=self.name,
            study=self.study_name,
            storage=self.storage,
            command=self.command,
            runs=self.runs.resolve(),
            monitor=self.monitor,
            mode=self.mode,
            objectives=self.objectives,
            axes=tuple(self.space.axes),
            num_runs=self.num_runs,
            is_race=self.race is not None,
            max_epochs=self.max_epochs,
            slots=slots,
            started=self.started,
        )
