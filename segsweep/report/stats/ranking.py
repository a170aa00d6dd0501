"""The ranking: one row per configuration, the best first, and what is equal to it."""

from collections.abc import Mapping, Sequence

from segsweep.core.pareto import pareto_front
from segsweep.report.read.cost import costs_of
from segsweep.report.read.metrics import spread_of
from segsweep.report.read.model import Configuration, Direction, Pair, Row, Spread, Standing
from segsweep.report.stats.fairness import marks_of
from segsweep.report.stats.trained import collapsed_runs
from segsweep.stats.verdicts import Verdict

_STANDINGS: Mapping[Verdict, Standing] = {
    "better": "worse",
    "worse": "better",
    "equal": "equal",
    "not known": "unknown",
}
CHEAP = "gflops"
"""What a configuration costs wherever it runs; speed and memory depend on the machine."""


def rank(configurations: Sequence[Configuration], metric: str, direction: Direction) -> list[Configuration]:
    """Return configurations by their mean of a metric, the best first; of equals the one with the first name."""
    sign = -1.0 if direction == "max" else 1.0
    means = {each.key: _score(each, metric) for each in configurations}
    return sorted(configurations, key=lambda each: (sign * means[each.key], each.label))


def _score(configuration: Configuration, metric: str) -> float:
    spread = spread_of([run.record.metrics.get(metric) for run in configuration.runs])
    assert spread is not None  # runs without the metric were set aside
    return spread.mean


def make_rows(
    ranked: Sequence[Configuration],
    metrics: Sequence[str],
    pairs: Sequence[Pair],
    *,
    metric: str,
    direction: Direction,
    apart: Sequence[Configuration] = (),
) -> tuple[list[Row], list[str]]:
    """Make the rows of the table.

    Args:
        ranked: The best first.
        metrics: Those that a row holds.
        pairs: What was compared.
        metric: The one that ranks.
        direction: Whether more or less of it is better.
        apart: Those that stand below the others, since some of their replicates were pruned.
    Returns:
        The rows, and a sentence for each subject in which runs differ that should not.
    """
    versus = {pair.worse: pair for pair in pairs if pair.better == ranked[0].key}
    everyone = [*ranked, *apart]
    scores = [_scores(configuration, metrics) for configuration in everyone]
    costs = [costs_of(configuration.runs) for configuration in everyone]
    marks, notes = marks_of(everyone)
    collapsed = [len(collapsed_runs(configuration, metric, direction)) for configuration in everyone]
    front = _on_front([own[metric].mean for own in scores[: len(ranked)]], [own.get(CHEAP) for own in costs], direction)
    rows = [
        Row(
            number + 1,
            configuration,
            scores[number],
            costs[number],
            standing_of(number, versus.get(configuration.key)),
            versus.get(configuration.key) if number else None,
            number in front,
            (*marks[number], *([f"{collapsed[number]} collapsed"] if collapsed[number] else [])),
            is_apart=number >= len(ranked),
        )
        for number, configuration in enumerate(everyone)
    ]
    return rows, notes


def _scores(configuration: Configuration, metrics: Sequence[str]) -> Mapping[str, Spread]:
    found = {}
    for metric in metrics:
        spread = spread_of([run.record.metrics.get(metric) for run in configuration.runs])
        if spread is not None:
            found[metric] = spread
    return found


def standing_of(number: int, versus: Pair | None) -> Standing:
    """Return where the configuration of a row stands, from its number and its comparison with the best."""
    if number == 0:
        return "best"
    if versus is None:
        return "unknown"
    return _STANDINGS[versus.verdict]


def _on_front(values: Sequence[float], costs: Sequence[float | None], direction: Direction) -> set[int]:
    """Return the numbers of those that nothing beats in both; without a known cost none is there."""
    sign = -1.0 if direction == "max" else 1.0
    known = {
        number: (cost, sign * value) for number, (cost, value) in enumerate(zip(costs, values, strict=False)) if cost
    }
    places = list(known)
    return {places[place] for place in pareto_front(list(known.values()))}
