"""Whether differences are real, and what each choice adds, as tables of texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from segsweep.core.text import plural
from segsweep.report.read.comparison import Comparison
from segsweep.report.read.model import Pair
from segsweep.report.render.words import effects_remark, evidence_text, probability_text, score_text, verdict_text

WIDTH_PX = 160
_MARGIN_PX = 6
_OF_THE_OTHER = {"better": "worse", "worse": "better"}
"""Verdict on the second of a pair, by that on the first."""


class Drawn(NamedTuple):
    """Where the parts of an interval lie, px from the left."""

    low: float
    middle: float
    high: float
    zero: float


def drawn_intervals(intervals: Sequence[tuple[float, float, float]]) -> list[Drawn]:
    """Return places for intervals, each low, middle, high, on a scale that holds all of them and zero."""
    numbers = [0.0, *(number for interval in intervals for number in interval)]
    least, width = min(numbers), (max(numbers) - min(numbers)) or 1.0

    def at(number: float) -> float:
        return round(_MARGIN_PX + (number - least) / width * (WIDTH_PX - 2 * _MARGIN_PX), 1)

    return [Drawn(at(low), at(middle), at(high), at(0.0)) for low, middle, high in intervals]


@dataclass(frozen=True)
class PairRow:
    """Two configurations that were compared."""

    name: str
    difference: str
    interval: str
    drawn: Drawn
    p: str
    num_images: str
    verdict: str


@dataclass(frozen=True)
class Evidence:
    """What is known about chance."""

    noise: str
    caption: str
    versus_best: Sequence[PairRow]
    other_pairs: Sequence[PairRow]


def evidence_of(comparison: Comparison) -> Evidence:
    """Return the pairs with the best first, then all others."""
    labels = {row.configuration.key: row.configuration.label for row in comparison.rows}
    best = comparison.rows[0].configuration
    versus = [row.versus_best for row in comparison.rows if row.versus_best is not None]
    others = [pair for pair in comparison.pairs if best.key not in (pair.better, pair.worse)]
    return Evidence(
        noise=comparison.noise.sentence,
        caption=(
            f"How much better {best.label} is in {comparison.metric} on the same images; intervals and p "
            "hold for all pairs together"
        ),
        versus_best=_pair_rows(versus, [labels[pair.worse] for pair in versus], _OF_THE_OTHER),
        other_pairs=_pair_rows(others, [f"{labels[pair.better]} over {labels[pair.worse]}" for pair in others], {}),
    )


def _pair_rows(pairs: Sequence[Pair], names: Sequence[str], said: Mapping[str, str]) -> list[PairRow]:
    drawn = drawn_intervals([(pair.low, pair.difference, pair.high) for pair in pairs])
    return [
        PairRow(
            name=name,
            difference=score_text(pair.difference, signed=True),
            interval=_interval(pair.low, pair.high),
            drawn=place,
            p=probability_text(pair.p_adjusted),
            num_images=str(pair.num_images) if pair.num_images else "–",
            verdict=f"{said.get(pair.verdict, verdict_text(pair))}, by {pair.basis}",
        )
        for pair, name, place in zip(pairs, names, drawn, strict=True)
    ]


def _interval(low: float, high: float) -> str:
    return f"{score_text(low, signed=True)} to {score_text(high, signed=True)}"


@dataclass(frozen=True)
class EffectRow:
    """What a value adds."""

    axis: str
    value: str
    effect: str
    interval: str
    drawn: Drawn
    num_runs: int


@dataclass(frozen=True)
class EffectTable:
    """What each value of each axis adds."""

    remark: str
    caption: str
    confounded: Sequence[str]
    rows: Sequence[EffectRow]


def effects_of(comparison: Comparison) -> EffectTable:
    """Return the main effects."""
    found = comparison.effects
    drawn = drawn_intervals([(effect.low, effect.effect, effect.high) for effect in found.effects])
    return EffectTable(
        remark=effects_remark(comparison),
        caption=f"Difference in {comparison.metric} from the mean over the values of the axis",
        confounded=found.confounded,
        rows=[
            EffectRow(
                axis=effect.axis,
                value=effect.value,
                effect=score_text(effect.effect, signed=True),
                interval=_interval(effect.low, effect.high) if effect.low < effect.high else "not known",
                drawn=place,
                num_runs=effect.num_runs,
            )
            for effect, place in zip(found.effects, drawn, strict=True)
        ],
    )


def facts_of(comparison: Comparison) -> str:
    """Return how much was compared, in a line."""
    parts = [comparison.title, plural(comparison.num_runs, "run"), plural(len(comparison.rows), "configuration")]
    if comparison.excluded:
        parts.append(f"{plural(len(comparison.excluded), 'run')} not counted")
    better = "higher" if comparison.direction == "max" else "lower"
    return " · ".join([*parts, f"{better} is better", evidence_text(comparison)])
