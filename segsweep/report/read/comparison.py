"""What a comparison holds: its tables, evidence and notes; the contract between what computes it and what shows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # numpy takes 0.1 s, which --help need not wait for
    pass

from segsweep.report.read.model import Axis, Direction, Excluded, Pair, Row, Spread, Standing


@dataclass(frozen=True)
class Evidence:
    """What the verdicts rest on."""

    num_images: int
    """0 where the metric is not known image by image."""
    num_groups: int | None
    """Groups of images that are independent of one another, such as patients; None where nobody knows of any."""
    effective_images: float
    """How many equal images, or groups, would weigh as these do in the metric (Kish)."""
    num_seeds: int
    """Runs of the configuration that has the fewest."""
    margin: float
    """Difference that is too small to matter."""
    selected_on: Literal["val", "test"]
    """Split whose scores rank."""
    optimism: float | None
    """How much the best's score is likely to lie above its true one, because it was picked as the highest."""


@dataclass(frozen=True)
class SeedNoise:
    """How much a repeated run differs by its seed alone, typically."""

    sd: float | None
    """None where no configuration has replicates."""
    sentence: str
    """The same in words."""
    advice: str = ""
    """What would settle the gap between the first and the next that is not worse; empty where nothing is open."""


@dataclass(frozen=True)
class Effect:
    """What one value of an axis adds, the other axes held, under an additive model."""

    axis: str
    value: str
    effect: float
    """Difference from the mean over the axis' values."""
    low: float
    high: float
    """Interval; those of all effects hold together (95%). Equal to the effect where nothing says what noise is."""
    num_runs: int


@dataclass(frozen=True)
class Effects:
    """Main effects over a grid that need not be complete."""

    effects: tuple[Effect, ...]
    confounded: tuple[str, ...]
    """Sentences on axes that cannot be told apart, which are left out of `effects`."""
    explained_fraction: float | None
    """Share of the variance between runs that the additive model explains; None where nothing is left over."""


@dataclass(frozen=True)
class Cell:
    """A cell of a pivot table."""

    spread: Spread | None
    why_empty: str = ""
    """not run; failed: ...; pruned: ...; cannot be trained: ..."""
    num_configurations: int = 0
    """How many configurations it holds."""
    standing: Standing | None = None
    """Of its configuration, where it holds only one."""
    num_pruned: int = 0
    """How many replicates were pruned, so that it looks better than it is."""
    is_best: bool = False


@dataclass(frozen=True)
class Pivot:
    """Rows by columns along axes.

    A cell of one configuration holds its replicates, one of several (they differ in other axes) the means of each.
    """

    metric: str
    row_axes: tuple[str, ...]
    column_axes: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """A value of each row axis."""
    columns: tuple[tuple[str, ...], ...]
    """A value of each column axis; one empty tuple where there are none."""
    cells: Mapping[tuple[int, int], Cell]
    """By number of row and column, from 0; every cell is there."""
    direction: Direction = "max"
    """Whether more or less of the metric is better."""
    note: str = ""
    """What makes its cells hard to compare; empty where they hold the same of every other axis."""


@dataclass(frozen=True)
class Comparison:
    """Runs that may stand in one table, compared."""

    title: str
    """What all of them share: data set, tested split, where pixels are counted."""
    runs_folder: Path
    metric: str
    selected_by: str
    """The metric that ranks: the same, or the same of the validation images."""
    directions: Mapping[str, Direction]
    """Of every metric that a run has: whether more or less is better."""
    columns: tuple[str, ...]
    """Metrics to show, the one that ranks among them."""
    metrics: tuple[str, ...]
    """All metrics that a run has; those of classes too."""
    class_names: tuple[str, ...]
    """Classes that are scored."""
    rows: tuple[Row, ...]
    """By rank."""
    axes: tuple[Axis, ...]
    pairs: tuple[Pair, ...]
    """All pairs of the compared configurations."""
    evidence: Evidence
    noise: SeedNoise
    effects: Effects
    pivots: tuple[Pivot, ...]
    answer: str
    """The sentence that answers which is best."""
    cautions: tuple[str, ...] = ()
    """What stands beside the answer: choices made on the same images, runs not trained to the end or collapsed."""
    notes: tuple[str, ...] = ()
    """What the reader must know: other commits, budgets, precisions, devices, axes that change together."""
    excluded: tuple[Excluded, ...] = ()

    @property
    def direction(self) -> Direction:
        """Whether more or less of the metric is better."""
        return self.directions[self.metric]

    @property
    def ranked(self) -> tuple[Row, ...]:
        """The rows with a rank; the others stand below them."""
        return tuple(row for row in self.rows if not row.is_apart)

    @property
    def is_decided(self) -> bool:
        """Whether the first is the best: all that were compared are equal to it or worse."""
        compared = [row for row in self.rows if row.versus_best is not None]
        return bool(compared) and all(row.standing in ("equal", "worse") for row in compared)

    @property
    def num_runs(self) -> int:
        """How many runs are averaged."""
        return sum(len(row.configuration.runs) for row in self.rows)


@dataclass(frozen=True)
class Report:
    """All comparisons of the runs, and the runs that are in none."""

    comparisons: tuple[Comparison, ...]
    """One for each set of runs that may share a table, the largest first."""
    unplaced: tuple[Excluded, ...] = field(default=())
    """Runs without a readable record, which belong to no comparison."""
