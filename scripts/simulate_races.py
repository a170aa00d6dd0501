"""How often a race (sweep.until=settled) errs, and what it saves against a full grid; on simulated scores.

    python -m scripts.simulate_races                 # 1,000 races of each truth, some minutes
    python -m scripts.simulate_races --races 200
    python -m scripts.simulate_races --quick         # whether it works

Scores are simulated: each configuration has a true mean, images are harder or easier, each configuration is better on
some images than on others, and each run differs by its seed. A full grid has all seeds of all configurations, and is
judged once at the same level.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

import numpy as np

from segsweep.core.text import markdown_table
from segsweep.stats.decisions import Array, Rules, Standing
from segsweep.stats.race import hold_race
from segsweep.stats.verdicts import judge

_SPREAD = 0.1
"""Standard deviation over images that all configurations share."""
_OF_RUN_AND_IMAGE = 0.05


@dataclass(frozen=True)
class Truth:
    """What is true of a simulated sweep."""

    name: str
    means: tuple[float, ...]
    """Of each configuration."""
    seed_sd: tuple[float, ...] = (0.01,)
    """Standard deviation of a run's mean by its seed; one for all, or of each configuration."""
    image_sd: float = 0.03
    """How much a configuration's advantage differs from image to image."""
    num_images: int = 50
    tails: float | None = None
    """Degrees of freedom of Student's t, from which seeds are drawn; None: normal."""
    collapses: float = 0.0
    """Probability that a run ends 0.3 lower."""

    def draw(self, rng: np.random.Generator, most: int) -> dict[tuple[int, int], Array]:
        """Draw the scores of all runs of a full grid."""
        number = len(self.means)
        sd = np.broadcast_to(np.array(self.seed_sd), (number,))
        shared = rng.normal(0, _SPREAD, self.num_images)
        own = rng.normal(0, self.image_sd, (number, self.num_images))
        runs = {}
        for each in range(number):
            for place in range(most):
                chance = rng.normal() if self.tails is None else rng.standard_t(self.tails)
                chance *= 1.0 if self.tails is None else np.sqrt(1 - 2 / self.tails)
                level = self.means[each] + sd[each] * chance - 0.3 * (rng.random() < self.collapses)
                noise = rng.normal(0, _OF_RUN_AND_IMAGE, self.num_images)
                runs[each, place] = level + shared + own[each] + noise
        return runs


TRUTHS = (
    Truth("one is best by 0.05", (0.80, 0.75, 0.74, 0.72, 0.70, 0.65)),
    Truth("two are best, 0.002 apart", (0.80, 0.798, 0.75, 0.74, 0.72, 0.70)),
    Truth("all are equal", (0.80,) * 6),
    Truth("all are equal, 500 images, seeds 0.002", (0.80,) * 6, (0.002,), 0.01, 500),
    Truth("all others are worse by the margin, 0.01, 500 images", (0.80, *(0.79,) * 5), (0.002,), 0.01, 500),
    Truth("each is worse by 0.01 than the one before", (0.80, 0.79, 0.78, 0.77, 0.76, 0.75)),
    Truth("12 configurations over 0.2", tuple(0.80 - 0.2 * (place / 11) ** 1.2 for place in range(12))),
    Truth("seeds from t with 3 degrees of freedom", (0.81, 0.80, 0.78, 0.77, 0.76, 0.75), tails=3),
    Truth("seeds of the best vary most", (0.81, 0.80, 0.78, 0.77, 0.76, 0.75), (0.03, 0.02, 0.01, 0.005, 0.005, 0.005)),
    Truth("one run in 20 collapses", (0.85, 0.80, 0.78, 0.77, 0.76, 0.75), collapses=0.05),
    Truth("12 images", (0.80, 0.78, 0.75, 0.74, 0.72, 0.70), num_images=12),
)


@dataclass(frozen=True)
class Tally:
    """What came of one race."""

    best_dropped: bool
    """Whether a truly best configuration was called worse."""
    false_worse: bool
    """Whether any was called worse than one that is no better."""
    false_equal: bool
    """Whether any was called equal to one that differs by the margin or more."""
    settled: bool
    part: float
    """Runs of the race over those of the full grid."""
    in_grid: int
    """How many the full grid calls worse."""
    in_both: int
    """How many of those the race calls worse too."""


def run_race(truth: Truth, rules: Rules, rng: np.random.Generator) -> Tally:
    """Hold one race to its end, one look after the other."""
    runs = truth.draw(rng, rules.most)
    ended: dict[tuple[int, int], Array | str] = {}
    while (standing := hold_race(len(truth.means), ended, rules)).wanted:
        ended |= {run: runs[run] for run in standing.wanted}
    worse = [each for each in standing.decisions if each.kind == "worse"]
    last = [found for each in range(len(truth.means)) if (found := standing.last(each)) is not None]
    means, best = truth.means, max(truth.means)
    in_grid, in_race = worse_in_grid(truth, rules, runs), {each.configuration for each in worse}
    return Tally(
        best_dropped=any(means[each] == best for each in in_race),
        false_worse=any(means[each.configuration] >= means[each.against] for each in worse),
        false_equal=any(
            each.kind == "equal" and abs(means[each.configuration] - means[each.against]) >= rules.margin - 1e-9
            for each in last
        ),
        settled=is_settled(standing),
        part=len(ended) / len(runs),
        in_grid=len(in_grid),
        in_both=len(in_grid & in_race),
    )


def is_settled(standing: Standing) -> bool:
    """Tell whether a race ended with an answer."""
    return standing.decisions[-1].kind == "settled"


def worse_in_grid(truth: Truth, rules: Rules, runs: dict[tuple[int, int], Array]) -> set[int]:
    """Return the configurations that a full grid of the same runs calls worse than another."""
    scores = [np.stack([runs[each, place] for place in range(rules.most)]) for each in range(len(truth.means))]
    judged = judge(scores, margin=rules.margin, level=rules.level, draws=rules.draws)
    found = zip(judged.pairs, judged.verdicts, strict=True)
    return {(a if verdict == "worse" else b) for (a, b), verdict in found if verdict in ("worse", "better")}


def row_of(truth: Truth, tallies: Sequence[Tally]) -> tuple[str, ...]:
    """Return a line of the table."""
    rates = [
        mean(getattr(each, name) for each in tallies)
        for name in ("best_dropped", "false_worse", "false_equal", "settled", "part")
    ]
    in_grid = sum(each.in_grid for each in tallies)
    both = f"{sum(each.in_both for each in tallies) / in_grid:.0%}" if in_grid else "-"
    return (truth.name, *(f"{rate:.1%}" for rate in rates[:3]), *(f"{rate:.0%}" for rate in rates[3:]), both)


def main() -> None:
    """Simulate races of every truth, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--races", type=int, default=1000, help="of each truth")
    parser.add_argument("--draws", type=int, default=1000, help="that chance gets in a comparison")
    parser.add_argument("--seeds", type=int, default=5, help="of a configuration at most")
    parser.add_argument("--quick", action="store_true", help="only whether it works: 2 races of 2 truths")
    options = parser.parse_args()
    rules = Rules(most=options.seeds, draws=options.draws)
    titles = ("truth", "best dropped", "false worse", "false equal", "settled", "runs", "worse found")
    print(markdown_table([titles], num_words=1))
    for truth in TRUTHS[:2] if options.quick else TRUTHS:
        rng = np.random.default_rng(0)
        tallies = [run_race(truth, rules, rng) for _ in range(2 if options.quick else options.races)]
        print(markdown_table([titles, row_of(truth, tallies)], num_words=1).splitlines()[-1], flush=True)


if __name__ == "__main__":
    main()
