"""What a comparison holds: the contract between what computes it and what shows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from segsweep.runs.record import RunRecord

if TYPE_CHECKING:  # numpy takes 0.1 s, which --help need not wait for
    from segsweep.stats.verdicts import Verdict

Direction = Literal["max", "min"]
Standing = Literal["best", "better", "equal", "worse", "unknown"]
"""Against the best; "better" only where rows are ranked on validation images and judged on test images."""
Basis = Literal["images and seeds", "images", "seeds"]


@dataclass(frozen=True)
class RunFacts:
    """A run that was read."""

    folder: Path
    record: RunRecord
    settings: Mapping[str, Any]
    """Dotted key to value of all that decides the result but seed, fold and data.root; what is a list is JSON."""
    key: str
    """Equal for equal settings on the same data: runs of one key are replicates."""
    data: str = ""
    """Equal for runs on the same data; empty where nothing is known of them, or before runs were compared."""

    @property
    def name(self) -> str:
        """Name of its folder, unlike `record.name` also of a rerun."""
        return self.folder.name

    @property
    def replicate(self) -> tuple[int, int | None]:
        """Seed and fold, in which the runs of one configuration differ."""
        return self.record.setting("seed"), self.record.setting("data.fold")


@dataclass(frozen=True)
class Excluded:
    """A run that is listed and never averaged in."""

    folder: Path
    status: str
    """failed, pruned, interrupted, unfinished, damaged, repeated, or unscored: complete without the metric."""
    reason: str
    run: RunFacts | None = None
    """None where its record cannot be read."""


@dataclass(frozen=True)
class Axis:
    """Something that differs between the runs: a group (model, resolution) or a dotted key (optimizer.lr)."""

    name: str
    keys: tuple[str, ...]
    """The dotted settings behind it: those that it names and those that follow from it."""
    values: tuple[str, ...]
    """As shown, in order: numbers by size, words by alphabet."""


@dataclass(frozen=True)
class Spread:
    """A number of a configuration over its replicates."""

    n: int
    mean: float
    sd: float | None
    """Standard deviation of one replicate (n - 1 in the denominator); None where n is 1."""


@dataclass(frozen=True)
class Configuration:
    """What was tried: all runs that differ in nothing but seed and fold."""

    key: str
    label: str
    """What tells it from the others, as one says it: unetplusplus/efficientnet-b0 at 512x512."""
    values: Mapping[str, str]
    """Value on each axis, as shown."""
    runs: tuple[RunFacts, ...]
    """Its complete runs, by seed and fold."""
    excluded: tuple[Excluded, ...] = ()

    @property
    def num_pruned(self) -> int:
        """How many replicates were pruned, and not trained to the end in another run."""
        done = {run.replicate for run in self.runs}
        lost = {item.run.replicate for item in self.excluded if item.status == "pruned" and item.run is not None}
        return len(lost - done)


@dataclass(frozen=True)
class Pair:
    """Two configurations on the same test images: the first has the better mean."""

    better: str
    """Key of a configuration."""
    worse: str
    difference: float
    """Of the means, counted so that more is better for the first; below 0 where paired images say the opposite."""
    low: float
    """Lower end of its interval; those of all pairs hold together in 95% of sweeps."""
    high: float
    p: float
    """Probability of a difference at least as large, either way, if there were none."""
    p_adjusted: float
    """The same, corrected for all pairs that were compared."""
    num_images: int
    """0 where images could not be paired."""
    basis: Basis
    """Which chance is counted: that of the test images, that of the seeds, or both."""
    verdict: "Verdict"
    """Of the first against the second."""
    reason: str
    """Why the verdict is "not known"; empty where it is known."""
    needs: str = ""
    """What would decide it, where the reason does not say that."""
    seed_variance: float = 0.0
    """Variance of the difference of a single run of each, by their seeds."""
    lasting_variance: float = 0.0
    """Variance of the difference that more runs would not make smaller: it lies in the choice of test images."""


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
class Row:
    """A configuration in the ranking."""

    rank: int
    """From 1; of those that stand apart only a number that tells rows from one another."""
    configuration: Configuration
    scores: Mapping[str, Spread]
    """By metric; absent where the metric is undefined in every run."""
    cost: Mapping[str, float]
    """By column of `report.cost.COSTS`: mean over replicates, device_hours the sum; absent where unknown."""
    standing: Standing
    """best, equal to the best, worse beyond chance, or unknown: not compared, or not decided."""
    versus_best: Pair | None
    """None for the best, and where it was not compared."""
    pareto: bool
    """Whether no other is at least as good with as few GFLOPs, and better in one of the two."""
    marks: tuple[str, ...] = ()
    """In what its runs differ from most: commit, budget, precision, device; and how many of them collapsed."""
    is_apart: bool = False
    """Whether it stands below the others without a rank, since some of its replicates were pruned."""


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
