"""The ranking as a table of texts, each with the number it is sorted by."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from segsweep.report.read.comparison import Comparison
from segsweep.report.read.cost import COSTS
from segsweep.report.read.metrics import metric_title
from segsweep.report.read.model import Row, RunFacts, Spread
from segsweep.report.render.words import cost_text, legend, link_to, score_text, standing_text

MAX_ROWS = 2_000
"""Configurations on the page; more would make it heavy, and nobody reads them."""
FASTER_IS_BETTER = ("train_img_s", "eval_img_s")
"""Columns of cost of which more is better."""


@dataclass(frozen=True)
class Column:
    """A column of the ranking."""

    key: str
    label: str
    style: str = ""
    """Class of its cells in HTML."""
    first: str = "ascending"
    """How it is sorted at first."""
    tag: str = "td"
    is_shown: bool = True
    is_optional: bool = True

    @property
    def is_number(self) -> bool:
        """Whether it is sorted by number."""
        return "number" in self.style


@dataclass(frozen=True)
class Cell:
    """A cell of the ranking."""

    text: str
    spread: str = ""
    """Standard deviation."""
    note: str = ""
    sort: float | int | str = ""
    """Number that it is sorted by; nothing where it has none."""
    is_top: bool = False
    """Whether it is the best of its column."""


@dataclass(frozen=True)
class Link:
    """A run and where it lies."""

    name: str
    link: str


@dataclass(frozen=True)
class RankingRow:
    """A row of the ranking."""

    id: int
    standing: str
    run_names: str
    runs: Sequence[Link]
    cells: Sequence[tuple[Column, Cell]]


@dataclass(frozen=True)
class Ranking:
    """The whole table."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[RankingRow]


def ranking_of(comparison: Comparison, out: Path) -> Ranking:
    """Return the ranking with all columns that the page can show.

    Args:
        comparison: The runs.
        out: Folder of the page, for links.
    """
    columns = list(_columns(comparison))
    tops = {metric: _top(comparison, metric) for metric in scalar_metrics(comparison)}
    rest = len(comparison.rows) - MAX_ROWS
    return Ranking(
        caption=(
            f"By {comparison.selected_by}: mean ± standard deviation over seeds and folds, n of them. "
            + "; ".join(f"{word}: {meaning}" for word, meaning in legend(comparison).items())
            + (f" The best {MAX_ROWS:,}; {rest:,} more are in results.csv." if rest > 0 else "")
        ),
        columns=columns,
        rows=[_row(row, comparison, columns, tops, out) for row in comparison.rows[:MAX_ROWS]],
    )


def _columns(comparison: Comparison) -> Iterator[Column]:
    yield Column("rank", "#", "number", is_optional=False)
    for axis in comparison.axes:
        yield Column(f"axis:{axis.name}", axis.name, "value of-axis", tag="th")
    style = "compact" if comparison.axes else "value"  # on a phone it stands for the axes
    yield Column("label", "configuration", style, tag="th", is_optional=False)
    for metric in dict.fromkeys([comparison.selected_by, comparison.metric]):
        yield _metric_column(metric, comparison)
    yield Column("standing", "verdict")
    yield Column("n", "n", "number", first="descending")
    for metric in scalar_metrics(comparison):
        if metric not in (comparison.selected_by, comparison.metric):
            yield _metric_column(metric, comparison)
    known = {name for row in comparison.rows for name in row.cost}
    for name, cost in COSTS.items():
        if name in known:
            first = "descending" if name in FASTER_IS_BETTER else "ascending"
            yield Column(f"cost:{name}", cost.title, "number", first=first)
    if any(row.marks for row in comparison.rows):
        yield Column("marks", "differs in", "value")
    yield Column("runs", "runs", "value")


def _metric_column(metric: str, comparison: Comparison) -> Column:
    return Column(
        metric,
        metric_title(metric),
        "number score" if metric == comparison.metric else "number",
        first="descending" if comparison.directions[metric] == "max" else "ascending",
        is_shown=metric in comparison.columns,
    )


def _top(comparison: Comparison, metric: str) -> float | None:
    means = [row.scores[metric].mean for row in comparison.rows if metric in row.scores and not row.is_apart]
    return (max if comparison.directions[metric] == "max" else min)(means, default=None)


def _row(
    row: Row, comparison: Comparison, columns: Iterable[Column], tops: Mapping[str, float | None], out: Path
) -> RankingRow:
    runs = row.configuration.runs
    return RankingRow(
        id=row.rank,
        standing=standing_text(row, comparison).replace(" ", "-"),
        run_names=" ".join(run.name for run in runs),
        runs=[Link(_run_label(run), link_to(run.folder, out)) for run in runs],
        cells=[(column, _cell(row, column.key, comparison, tops)) for column in columns],
    )


def _run_label(run: RunFacts) -> str:
    seed, fold = run.replicate
    return f"seed {seed}" if fold is None else f"seed {seed}, fold {fold}"


def _cell(row: Row, key: str, comparison: Comparison, tops: Mapping[str, float | None]) -> Cell:
    kind, _, name = key.partition(":")
    if key == "rank":
        return Cell("–") if row.is_apart else Cell(str(row.rank), sort=row.rank)
    if kind == "axis":
        return Cell(row.configuration.values.get(name, "-"))
    if key == "label":
        return Cell(row.configuration.label)
    if key == "n":
        return Cell(str(len(row.configuration.runs)), note=_lost(row), sort=len(row.configuration.runs))
    if key == "standing":
        return Cell(standing_text(row, comparison))
    if key == "marks":
        return Cell(", ".join(row.marks))
    if kind == "cost":
        value = row.cost.get(name)
        return Cell("–") if value is None else Cell(cost_text(row, name), sort=value)
    return _score(row.scores.get(key), tops.get(key))


def _lost(row: Row) -> str:
    """Say how many replicates are missing in the mean, and why."""
    lost = Counter(item.status for item in row.configuration.excluded if item.status != "repeated")
    return ", ".join(f"{number} {status}" for status, number in lost.items())


def _score(spread: Spread | None, top: float | None) -> Cell:
    if spread is None:
        return Cell("–")
    sd = "" if spread.sd is None else score_text(spread.sd)
    return Cell(score_text(spread.mean), spread=sd, sort=spread.mean, is_top=spread.mean == top)


def scalar_metrics(comparison: Comparison) -> list[str]:
    """Return the metrics of the ranking's split that are one number for all classes; F1, which is Dice, if shown."""
    split = comparison.metric.partition("/")[0]
    known = dict.fromkeys(name for row in comparison.rows for name in row.scores)
    wanted = [
        name
        for name in known
        if name.startswith(f"{split}/") and not name.endswith("/f1") and not _is_of_a_class(name, comparison)
    ]
    return list(dict.fromkeys([*comparison.columns, *wanted]))


def _is_of_a_class(metric: str, comparison: Comparison) -> bool:
    _, _, name = metric.partition("/")
    return any(name.endswith(f"/{one}") for one in comparison.class_names) or name.removeprefix("image/").count("/") > 0
