"""Simulates sweeps whose truth is known, and counts how often the verdicts of a report are wrong, and how often found.

python -m scripts.simulate_verdicts           # the table of docs/explanation/what-better-means.md, minutes
python -m scripts.simulate_verdicts --quick   # a few sweeps of a few kinds, seconds
"""

import argparse
import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from segsweep.core.text import markdown_table, plural
from segsweep.stats.shares import ratio_shares
from segsweep.stats.verdicts import Judged, judge

Array = NDArray[np.float64]
Tails = Literal["normal", "heavy", "failures"]
GAP = 0.05
"""Between the better and the other half of the configurations, where there is one; five deviations of a run."""
CLASSES = 5
DRAWS = 999


@dataclass(frozen=True)
class Kind:
    """A kind of sweep; scores scatter by 0.1 over images, by 0.05 over images and configurations."""

    configurations: int
    seeds: int
    images: int
    groups: int = 0
    """Of images, 0: none; they share 0.8 of the scatter of images and configurations."""
    size_sd: float = 0.0
    """Of the logarithm of an image's pixels of each of five classes, which occur in half of the images."""
    unequal: float = 0.0
    """Standard deviation over configurations of the logarithm of what seeds do."""
    tails: Tails = "normal"
    """heavy: Student's t with 3 degrees of freedom; failures: 5% of the images of a configuration lose much."""
    seed_sd: float = 0.01

    def __str__(self) -> str:
        words = [f"{self.configurations} configurations", plural(self.seeds, "seed"), f"{self.images} images"]
        words += [f"{self.groups} groups"] * bool(self.groups) + [f"sizes {self.size_sd}"] * bool(self.size_sd)
        words += [f"unequal {self.unequal}"] * bool(self.unequal) + [self.tails] * (self.tails != "normal")
        return ", ".join([*words, f"seeds {self.seed_sd:g}"] if self.seed_sd != 0.01 else words)


KINDS = (
    Kind(2, 2, 20), Kind(2, 2, 200, unequal=0.7), Kind(2, 3, 50), Kind(2, 5, 500, tails="heavy"),
    Kind(3, 3, 5), Kind(6, 1, 100), Kind(6, 2, 50), Kind(6, 3, 100, unequal=1.0),
    Kind(6, 3, 40, size_sd=1.2, seed_sd=0.003),
    Kind(12, 2, 50, unequal=0.7), Kind(12, 3, 8, seed_sd=0.003), Kind(12, 3, 20, tails="heavy"),
    Kind(12, 3, 100), Kind(12, 3, 100, tails="failures", seed_sd=0.003), Kind(12, 5, 100, unequal=0.7, tails="heavy"),
    Kind(12, 3, 233, groups=3), Kind(12, 3, 233, groups=10, seed_sd=0.003), Kind(12, 3, 233, groups=30),
    Kind(12, 5, 500), Kind(12, 3, 100, size_sd=1.2, groups=30), Kind(30, 3, 100, unequal=0.7), Kind(50, 3, 50),
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sweeps", type=int, default=200, help="of each kind and truth; of many configurations fewer")
    parser.add_argument("--quick", action="store_true", help="five sweeps of four kinds")
    chosen = parser.parse_args()
    sweeps, kinds = (5, KINDS[::6]) if chosen.quick else (chosen.sweeps, KINDS)
    header = ["sweeps of", "false better or worse", "false equal", "found", "mixed model: false", "mixed model: found"]
    print(markdown_table([header, *(_row(kind, sweeps) for kind in kinds)], 1))
    print()
    pooled = [[name, f"{part:.1%}"] for name, part in coverage(10 * sweeps).items()]
    print(markdown_table([["pooled Dice, 95% interval", "holds the truth"], *pooled], 1))


def _row(kind: Kind, sweeps: int) -> list[str]:
    sweeps = max(5, min(sweeps, sweeps * 12 // kind.configurations))
    rng = np.random.default_rng(0)
    false = np.mean([is_false(kind, rng, gap=0.0) for _ in range(sweeps)], axis=0)
    equal = np.mean([is_false(kind, rng, gap=GAP, margin=GAP) for _ in range(sweeps)], axis=0)
    found = np.mean([_found(kind, rng) for _ in range(sweeps)], axis=0)
    has_model = kind.seeds > 1 and not kind.groups and not kind.size_sd
    model = [f"{false[2]:.1%}", f"{found[1]:.0%}"] if has_model else ["-", "-"]
    return [str(kind), f"{max(false[0], equal[0]):.1%}", f"{equal[1]:.1%}", f"{found[0]:.0%}", *model]


def is_false(kind: Kind, rng: np.random.Generator, *, gap: float, margin: float = 0.01) -> tuple[bool, bool, bool]:
    """Return whether a sweep has a false better or worse, a false equal, and one by the mixed model."""
    scores, gaps, found = _sweep(kind, rng, gap, margin)
    said = np.array([{"better": 1, "worse": -1}.get(verdict, 0) for verdict in found.verdicts])
    is_equal = np.array([verdict == "equal" for verdict in found.verdicts])
    wrong = (said != 0) & (said != np.sign(gaps))
    too_equal = is_equal & (np.abs(gaps) >= margin - 1e-9)
    by_model = _mixed_model(scores, found) if gap == 0 and kind.seeds > 1 else np.zeros(1, dtype=bool)
    return bool(wrong.any()), bool(too_equal.any()), bool(by_model.any())


def _found(kind: Kind, rng: np.random.Generator) -> tuple[float, float]:
    """Return which part of the pairs that differ is told apart, by the verdicts and by the mixed model."""
    scores, gaps, found = _sweep(kind, rng, GAP, 0.01)
    differ = gaps != 0
    told = np.array([verdict in ("better", "worse") for verdict in found.verdicts])
    model = _mixed_model(scores, found) if kind.seeds > 1 else np.zeros(len(gaps), dtype=bool)
    return float(told[differ].mean()), float(model[differ].mean())


def _sweep(kind: Kind, rng: np.random.Generator, gap: float, margin: float) -> tuple[list[Array], Array, Judged]:
    """Return the scores of a sweep, the best mean first, the true gap of each pair, and what was judged."""
    true: Array = 0.8 - gap * (np.arange(kind.configurations) % 2).astype(np.float64)
    scores, groups = _scores(kind, true, rng)
    order = np.argsort([-rows.mean() for rows in scores])
    ranked = [scores[place] for place in order]
    found = judge(ranked, groups=groups, margin=margin, draws=DRAWS)
    gaps = np.array([true[order[a]] - true[order[b]] for a, b in found.pairs])
    return ranked, gaps, found


def _scores(kind: Kind, true: Array, rng: np.random.Generator) -> tuple[list[Array], NDArray[np.int64] | None]:
    draw = _noise(kind.tails, rng)
    groups = np.arange(kind.images) % kind.groups if kind.groups else None
    common = 0.1 * draw(kind.images)
    sds = kind.seed_sd * np.exp(rng.normal(0, kind.unequal, len(true)) - kind.unequal**2 / 2)
    scores = []
    for mean, sd in zip(true, sds, strict=True):
        own = draw(kind.images)
        if groups is not None:
            own = 0.6 * own + 0.8 * draw(kind.groups)[groups]
        of_seeds = sd * draw(kind.seeds)[:, None] + 0.03 * rng.standard_normal((kind.seeds, kind.images))
        scores.append(mean + common + 0.05 * own + of_seeds)
    if not kind.size_sd:
        return scores, groups
    below = np.exp(rng.normal(0, kind.size_sd, (CLASSES, kind.images))) * (rng.random((CLASSES, kind.images)) < 0.5)
    pooled = [rows[:, None] + 0.05 * rng.standard_normal((1, CLASSES, kind.images)) for rows in scores]
    whole = [np.broadcast_to(below, rows.shape) for rows in pooled]
    return [ratio_shares(rows * sizes, sizes, groups).mean(1) for rows, sizes in zip(pooled, whole, strict=True)], None


def _noise(tails: Tails, rng: np.random.Generator) -> Callable[[int], Array]:
    """Return what draws numbers around 0 with a standard deviation of 1."""

    def draw(number: int) -> Array:
        if tails == "heavy":
            return np.asarray(rng.standard_t(3, number) / math.sqrt(3))
        if tails == "failures":
            return np.asarray((0.05 - (rng.random(number) < 0.05) * rng.exponential(1, number)) / math.sqrt(0.0975))
        return rng.standard_normal(number)

    return draw


def _mixed_model(scores: Sequence[Array], found: Judged) -> NDArray[np.bool_]:
    """Return which pairs a mixed model tells apart: images, images by configuration and seeds are random, all alike.

    Its variances are those of the analysis of variance of a balanced design, its degrees of freedom Satterthwaite's,
    and all pairs are corrected for by the studentized range (Tukey).
    """
    y = np.stack(scores)  # [configurations, seeds, images]
    number, seeds, images = y.shape
    left = y - y.mean(2, keepdims=True) - y.mean(1, keepdims=True) + y.mean((1, 2), keepdims=True)
    cells = y.mean(1) - y.mean((1, 2))[:, None] - y.mean((0, 1)) + y.mean()
    squares = np.array([
        images * y.mean(2).var(1, ddof=1).mean(),
        seeds * (cells**2).sum() / ((number - 1) * (images - 1)),
        (left**2).sum() / (number * (seeds - 1) * (images - 1)),
    ])  # fmt: skip
    freedoms = np.array([number * (seeds - 1), (number - 1) * (images - 1), number * (seeds - 1) * (images - 1)])
    signed = squares * np.array([1, 1, -1])
    variance = max(float(signed.sum()), float(squares[:2].max())) / (seeds * images)
    freedom = float(signed.sum() ** 2 / (squares**2 / freedoms).sum())
    reach = _studentized_range(number, max(2, min(round(freedom), 200))) * math.sqrt(variance)
    return np.abs(found.difference) > reach


@functools.cache
def _studentized_range(number: int, freedom: int) -> float:
    """Return its 95% quantile, from draws: exact enough here, and far faster than its integral."""
    rng = np.random.default_rng(0)
    drawn = np.ptp(rng.standard_normal((20_000, number)), axis=1)
    return float(np.quantile(drawn / np.sqrt(rng.chisquare(freedom, 20_000) / freedom), 0.95))


def coverage(sweeps: int) -> dict[str, float]:
    """Return how often intervals of a pooled Dice hold the true difference: few large images, rare classes."""
    kind, rng = Kind(2, 3, 60, size_sd=1.2, seed_sd=0.0), np.random.default_rng(0)
    held = {"residuals as they are": 0, "divided by 1 - share": 0, "and fewer degrees of freedom": 0}
    for _ in range(sweeps):
        below = np.exp(rng.normal(0, kind.size_sd, (CLASSES, kind.images)))
        below *= rng.random((CLASSES, kind.images)) < 0.15
        scores = 0.8 + 0.1 * rng.standard_normal((2, CLASSES, kind.images))
        ratio = (scores * below).sum(-1, keepdims=True) / below.sum(-1, keepdims=True)
        plain = (ratio + kind.images * (scores - ratio) * below / below.sum(-1, keepdims=True)).mean(1)
        shares = ratio_shares(scores * below, np.broadcast_to(below, scores.shape), None).mean(1)
        for name, means in (("residuals as they are", plain), ("divided by 1 - share", shares)):
            gap = means[0] - means[1]
            held[name] += abs(gap.mean()) <= 2.001 * gap.std(ddof=1) / math.sqrt(kind.images)
        whole = judge([np.stack([row, row + 1e-7]) for row in shares], draws=DRAWS)
        held["and fewer degrees of freedom"] += bool(whole.low[0] <= 0 <= whole.high[0])
    return {name: times / sweeps for name, times in held.items()}


if __name__ == "__main__":
    main()
