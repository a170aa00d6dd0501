"""Runs, configurations, pairs of them and rows: what every part of a comparison speaks of."""

from collections.abc import Mapping
from dataclasses import dataclass
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
