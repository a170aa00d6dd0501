"""All that stands on the page, in texts and numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from segsweep.core.text import plural
from segsweep.report.read.comparison import Comparison, Report
from segsweep.report.read.cost import drawn_costs
from segsweep.report.read.model import Axis
from segsweep.report.render.gallery import read_gallery
from segsweep.report.render.learning import learning_curves
from segsweep.report.render.page.data import page_data
from segsweep.report.render.page.embedding import Picture, importance_pictures
from segsweep.report.render.page.evidence import EffectTable, Evidence, effects_of, evidence_of, facts_of
from segsweep.report.render.page.pictured import PicturedGallery, pictured
from segsweep.report.render.page.ranking import Ranking, ranking_of, scalar_metrics
from segsweep.report.render.page.tables import (
    ClassTable,
    ExcludedRow,
    PivotTable,
    class_table,
    excluded_caption,
    excluded_rows,
    pivot_table,
)
from segsweep.report.render.tables import marks_text
from segsweep.report.render.words import score_text

MAX_AXIS_VALUES = 60
"""Of an axis that is offered as a filter; the search finds the values of others."""
MAX_OTHER_ROWS = 20


@dataclass(frozen=True)
class Part:
    """A section of the page, and its entry in the bar."""

    id: str
    name: str
    is_long: bool = False
    """Whether it may be broken over printed pages."""


@dataclass(frozen=True)
class OtherRow:
    """A configuration of a comparison that is shown in brief."""

    rank: str
    name: str
    score: str
    n: int


@dataclass(frozen=True)
class Other:
    """A comparison that shares no table with the first."""

    title: str
    answer: str
    caption: str
    metric: str
    rows: Sequence[OtherRow]


@dataclass(frozen=True)
class Page:
    """The fields that the template names."""

    title: str
    answer: str
    cautions: Sequence[str]
    facts: str
    made: str
    parts: Sequence[Part]
    metric: str
    metric_choices: Sequence[str]
    axis_choices: Sequence[Axis]
    ranking: Ranking
    evidence: Evidence
    pivots: Sequence[PivotTable]
    pivot_remark: str
    effects: EffectTable
    curve_metrics: Sequence[str]
    cost_choices: Sequence[tuple[str, str]]
    num_axes: int
    classes: ClassTable | None
    gallery: PicturedGallery | None
    importance: Sequence[Picture]
    notes: Sequence[str]
    others: Sequence[Other]
    excluded: Sequence[ExcludedRow]
    excluded_caption: str
    data: dict[str, Any]


def page_content(report: Report, out: Path) -> Page:
    """Return what the page of a report shows.

    Args:
        report: The first comparison is shown whole.
        out: Folder of the page, for links.
    """
    comparison = report.comparisons[0]
    curves = learning_curves(comparison)
    excluded = excluded_rows(comparison, report.unplaced, out)
    gallery = read_gallery(comparison)
    page = Page(
        title=f"{comparison.metric} of {plural(len(comparison.rows), 'configuration')}, {comparison.title}",
        answer=comparison.answer,
        cautions=comparison.cautions,
        facts=facts_of(comparison),
        made=f"Made by python -m segsweep.report {comparison.runs_folder} on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC.",
        parts=(),
        metric=comparison.metric,
        metric_choices=scalar_metrics(comparison),
        axis_choices=[axis for axis in comparison.axes if 1 < len(axis.values) <= MAX_AXIS_VALUES],
        ranking=ranking_of(comparison, out),
        evidence=evidence_of(comparison),
        pivots=[pivot_table(pivot) for pivot in comparison.pivots],
        pivot_remark=marks_text(comparison.pivots),
        effects=effects_of(comparison),
        curve_metrics=list(curves),
        cost_choices=list(drawn_costs(comparison).items()),
        num_axes=len(comparison.axes),
        classes=class_table(comparison),
        gallery=None if gallery is None else pictured(gallery),
        importance=importance_pictures(comparison),
        notes=comparison.notes,
        others=[_other(other) for other in report.comparisons[1:]],
        excluded=excluded,
        excluded_caption=excluded_caption(excluded),
        data=page_data(comparison, curves),
    )
    return Page(**{**vars(page), "parts": _parts(page)})


def _parts(page: Page) -> list[Part]:
    """Return the sections for which there is something to show."""
    parts = {
        Part("ranking", "Ranking", is_long=True): True,
        Part("real", "Is it real?", is_long=True): True,
        Part("charts", "Charts"): True,
        Part("pivots", "Pivot tables"): page.pivots,
        Part("effects", "Effects"): page.effects.rows or page.effects.confounded,
        Part("classes", "Classes"): page.classes,
        Part("gallery", "Images", is_long=True): page.gallery,
        Part("importance", "Importance"): page.importance,
        Part("fair", "Fair or not"): page.notes or page.others,
        Part("excluded", "Not counted", is_long=True): page.excluded,
    }
    return [part for part, is_there in parts.items() if is_there]


def _other(comparison: Comparison) -> Other:
    shown = comparison.rows[:MAX_OTHER_ROWS]
    rest = len(comparison.rows) - len(shown)
    return Other(
        title=comparison.title,
        answer=comparison.answer,
        caption=plural(comparison.num_runs, "run")
        + (f"; the best {len(shown)}, {rest} more are in results.csv" if rest else ""),
        metric=comparison.metric,
        rows=[
            OtherRow(
                "–" if row.is_apart else str(row.rank),
                row.configuration.label,
                _score(comparison, row.scores),
                len(row.configuration.runs),
            )
            for row in shown
        ],
    )


def _score(comparison: Comparison, scores: Any) -> str:
    spread = scores[comparison.metric]
    return score_text(spread.mean) + ("" if spread.sd is None else f" ± {score_text(spread.sd)}")
