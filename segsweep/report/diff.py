"""Two runs beside each other: config, environment, curves' ends, metrics, classes, and whether the gap is real."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from segsweep.config.dotted import MISSING, as_typed, flatten
from segsweep.core.files import read_csv
from segsweep.report.errors import no_record, not_two_comparable
from segsweep.report.read.collect import read_run
from segsweep.report.read.cost import COSTS
from segsweep.report.read.metrics import choose_metric, columns_for, direction_of, metric_title
from segsweep.report.read.model import Configuration, Pair, RunFacts
from segsweep.report.read.same import recognize
from segsweep.report.render.tables import Table, text_lines
from segsweep.report.render.words import pair_texts
from segsweep.report.stats.fairness import shared_by, title_of
from segsweep.report.stats.paired import compare_best
from segsweep.runs.folder import HISTORY_FILE

_UNLIKE = ("paths.", "sweep.", "logger.")
"""Settings in which runs differ without being different."""


def describe_difference(first: Path, second: Path, *, metric: str) -> str:
    """Return the differences of two runs.

    Args:
        first: Folder of a run.
        second: Folder of the other.
        metric: The one whose gap is judged.
    Raises:
        ReportError: If one has no record, or their numbers do not mean the same.
    """
    a, b = recognize([_read(first), _read(second)])
    parts = [f"A  {a.name}  {a.record.status}\nB  {b.name}  {b.record.status}"]
    parts.append(_beside("setting", _settings(a), _settings(b)) or "the same settings")
    parts.append(
        _beside("environment", flatten(a.record.environment.content()), flatten(b.record.environment.content()))
        or "the same place"
    )
    parts.append(_beside("cost", _costs(a), _costs(b)))
    parts.append(_curves(a, b))
    parts += _scores(a, b, metric)
    return "\n\n".join(part for part in parts if part)


def _read(folder: Path) -> RunFacts:
    found = read_run(folder)
    if not isinstance(found, RunFacts):
        raise no_record(folder)
    return found


def _settings(run: RunFacts) -> dict[str, Any]:
    return {key: value for key, value in flatten(run.record.config).items() if not key.startswith(_UNLIKE)}


def _costs(run: RunFacts) -> dict[str, Any]:
    return {
        cost.title: round(value, 3) if (value := cost.of(run.record)) is not None else None for cost in COSTS.values()
    }


def _beside(title: str, first: Mapping[str, Any], second: Mapping[str, Any]) -> str:
    """Return what differs; empty where nothing does."""
    keys = dict.fromkeys([*first, *second])
    differing = [key for key in keys if first.get(key, MISSING) != second.get(key, MISSING)]
    body = tuple((key, as_typed(first.get(key, MISSING)), as_typed(second.get(key, MISSING))) for key in differing)
    return text_lines(Table((title, "A", "B"), body, frozenset(), 3)) if body else ""


def _curves(a: RunFacts, b: RunFacts) -> str:
    """Return where the curves of both end, and the best epoch."""
    ends = [_end_of_curve(run) for run in (a, b)]
    keys = [key for key in dict.fromkeys([*ends[0], *ends[1]]) if key.count("/") == 1 or key in ("epoch", "lr")]
    rows = [(key, *(_shown(end.get(key)) for end in ends)) for key in keys]
    rows.append(("best epoch", *(_shown(run.record.training.best_epoch) for run in (a, b))))
    return text_lines(Table(("last epoch", "A", "B"), tuple(rows), frozenset(), 1))


def _end_of_curve(run: RunFacts) -> dict[str, float]:
    try:
        rows = read_csv(run.folder / HISTORY_FILE)
    except (OSError, ValueError):
        return {}
    return rows[-1] if rows else {}


def _shown(value: int | float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.4g}"


def _scores(a: RunFacts, b: RunFacts, metric: str) -> list[str]:
    """Return metrics, classes and the verdict, where both runs have them and they mean the same."""
    if not all(run.record.status == "complete" for run in (a, b)):
        return ["At least one of them is not complete, so their scores are not compared."]
    metric = choose_metric(metric, [a, b])
    _require_one_table(a, b, metric)
    names = columns_for(metric, (), [a, b])
    prefix = f"{metric.partition('/')[0]}/dice/"
    classes = dict.fromkeys(name for run in (a, b) for name in run.record.metrics if name.startswith(prefix))
    parts = [_metric_rows(title_of(a, metric), names, a, b)]
    if classes:
        parts.append(_metric_rows("class by class", list(classes), a, b))
    return [*parts, _verdict(a, b, metric)]


def _require_one_table(a: RunFacts, b: RunFacts, metric: str) -> None:
    if differing := shared_by(a, metric).differences(shared_by(b, metric), metric):
        raise not_two_comparable(a.folder, b.folder, f"{' and '.join(differing)} differ")


def _metric_rows(title: str, names: Sequence[str], a: RunFacts, b: RunFacts) -> str:
    rows = []
    for name in names:
        first, second = (run.record.metrics.get(name) for run in (a, b))
        gap = "-" if first is None or second is None else f"{second - first:+.4f}"
        rows.append((metric_title(name), _shown(first), _shown(second), gap))
    return text_lines(Table((title, "A", "B", "B - A"), tuple(rows), frozenset(), 1))


def _verdict(a: RunFacts, b: RunFacts, metric: str) -> str:
    direction = direction_of(metric, (a, b))
    values = {run.name: run.record.metrics.get(metric) for run in (a, b)}
    if any(value is None for value in values.values()):
        return f"{metric} is undefined in one of them."
    ranked = sorted((a, b), key=lambda run: (values[run.name] or 0.0) * (-1 if direction == "max" else 1))
    single = [Configuration(run.name, run.name, {}, (run,)) for run in ranked]
    found = compare_best(single, {run.name: [values[run.name] or 0.0] for run in ranked}, metric, direction, first=2)
    if not found.pairs:
        return f"{'. '.join(found.notes)}."
    names = {a.name: "A", b.name: "B"}
    return "\n".join([*found.notes, _sentence(found.pairs[0], names, metric)])


def _sentence(pair: Pair, names: Mapping[str, str], metric: str) -> str:
    """Say whether the gap is more than the choice of images; of one run each nobody can say more."""
    gap, interval, p, _ = pair_texts(pair)
    name, numbers = metric_title(metric), f"{gap}, 95% interval {interval}, p {p}, {pair.num_images} images"
    if pair.low <= 0 <= pair.high:
        return f"Which is better in {name} is not known: other images could turn the gap around ({numbers})."
    better, worse = (names[pair.better], names[pair.worse])[:: 1 if pair.low > 0 else -1]
    return (
        f"{better} differs from {worse} on these images, to its advantage in {name} ({numbers}). "
        "Whether another seed would show the same is not known from one run each."
    )
