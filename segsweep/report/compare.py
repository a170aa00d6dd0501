"""From runs, in folders and on W&B, to their comparisons; reads as the table of contents of a report."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from segsweep.report.errors import metric_undefined, not_selectable, nothing_complete
from segsweep.report.read.comparison import Comparison, Evidence, Pivot, Report
from segsweep.report.read.configurations import Grouped, group_runs, sort_out
from segsweep.report.read.cost import sharing_notes
from segsweep.report.read.metrics import (
    DEFAULT_METRIC,
    choose_metric,
    columns_for,
    direction_of,
    kept_metrics,
    known_metrics,
    metric_title,
    own_metric,
    unknown_direction,
)
from segsweep.report.read.model import Direction, Excluded, Row, RunFacts
from segsweep.report.read.same import recognize
from segsweep.report.read.sources import Sources, gather
from segsweep.report.read.where import choose_runs
from segsweep.report.render.answer import answer, choice_cautions
from segsweep.report.stats.effects import main_effects
from segsweep.report.stats.fairness import leak_cautions, place_excluded, tables_of, title_of
from segsweep.report.stats.noise import describe_noise
from segsweep.report.stats.paired import compare_best
from segsweep.report.stats.pivot import chosen_table, default_tables, make_pivot
from segsweep.report.stats.ranking import make_rows, rank
from segsweep.report.stats.trained import training_cautions
from segsweep.stats.verdicts import MARGIN


@dataclass(frozen=True)
class Question:
    """What is to be compared."""

    metric: str = DEFAULT_METRIC
    where: tuple[str, ...] = ()
    """Conditions on the runs."""
    shown: tuple[str, ...] = ()
    """Metrics of the ranking's columns; empty: the usual ones."""
    rows: tuple[str, ...] = ()
    """Axes along the rows of a table; empty, with `columns`: tables of all pairs."""
    columns: tuple[str, ...] = ()
    best: int = 10
    """How many of the best are compared at least."""
    margin: float = MARGIN
    """Difference that is too small to matter."""
    group: str | None = None
    """Regular expression that finds the group in the name of an image; None: the column of the runs' files."""
    select: Literal["val", "test"] | None = None
    """Split whose scores rank; None: the validation images where all runs have such scores, else the metric's own."""


def compare_sources(sources: Sources, question: Question) -> Report:
    """Read all runs of all sources and compare them.

    Raises:
        ReportError: If a source cannot be read, or there is nothing to compare.
    """
    found = gather(sources)
    report = compare_found(sources.home, found.runs, found.unreadable, question)
    noted = [replace(each, notes=(*each.notes, *found.notes)) for each in report.comparisons]
    return replace(report, comparisons=tuple(noted))


def compare_found(runs: Path, found: Sequence[RunFacts], unreadable: Sequence[Excluded], question: Question) -> Report:
    """Compare runs that were read, from one folder or several places.

    Args:
        runs: The folder that stands for them, for links and words.
        found: Those with a record.
        unreadable: Those without.
        question: What is to be compared.
    Raises:
        ReportError: If there is nothing to compare, or the question names something that the runs do not have.
    """
    chosen = choose_runs(recognize(found), question.where)
    complete = [run for run in chosen if run.record.status == "complete"]
    if not complete:
        raise nothing_complete(runs, _problems(chosen, unreadable))
    metric = choose_metric(question.metric, complete)
    tables, set_aside = _tables(chosen, metric)
    if not tables:
        raise metric_undefined(metric)
    *placed, unplaced = place_excluded(set_aside, tables)
    comparisons = [
        _compare(runs, members, excluded, question, own_metric(metric, members[0]))
        for members, excluded in zip(tables, placed, strict=True)
    ]
    comparisons = [_with_others(own, [each for each in comparisons if each is not own]) for own in comparisons]
    return Report(tuple(comparisons), (*unplaced, *unreadable))


def _tables(chosen: Sequence[RunFacts], metric: str) -> tuple[list[list[RunFacts]], list[Excluded]]:
    """Divide runs into those that may stand in one table, the largest first, and those that are only listed."""
    by_name: dict[str, list[RunFacts]] = {}
    for run in chosen:
        by_name.setdefault(own_metric(metric, run), []).append(run)
    tables, set_aside = [], []
    for name, runs in by_name.items():
        counted, listed = sort_out(runs, name)
        tables += tables_of(counted, name)
        set_aside += listed
    return sorted(tables, key=len, reverse=True), set_aside


def _problems(runs: Sequence[RunFacts], unreadable: Sequence[Excluded]) -> list[str]:
    ended = [f"{run.name}: {run.record.status}, {run.record.reason}" for run in runs]
    return [*ended, *(f"{item.folder.name}: {item.reason}" for item in unreadable)]


def _compare(
    runs_folder: Path, members: Sequence[RunFacts], excluded: Sequence[Excluded], question: Question, metric: str
) -> Comparison:
    direction = direction_of(metric, members)
    grouped = group_runs(members, excluded)
    selecting = _selecting(metric, members, question.select)
    ranked = rank(grouped.ranked, selecting, direction)
    values = {each.key: [float(run.record.metrics[metric] or 0.0) for run in each.runs] for each in ranked}
    found = compare_best(
        ranked, values, metric, direction, first=question.best, margin=question.margin, group=question.group
    )
    evidence = found.evidence
    if selecting != metric:
        evidence = replace(evidence, selected_on="val", optimism=None)
    columns = columns_for(metric, question.shown, members)
    if selecting not in columns:
        place = columns.index(metric)
        columns = (*columns[:place], selecting, *columns[place:])
    known = known_metrics(members)
    rows, differences = make_rows(
        ranked,
        kept_metrics(metric, columns, known),
        found.pairs,
        metric=metric,
        direction=direction,
        apart=rank(grouped.pruned, selecting, direction),
    )
    effects = main_effects(ranked, [row.scores[metric].mean for row in rows[: len(ranked)]], grouped.axes)
    if all(pair.verdict == "not known" for pair in found.pairs):
        effects = replace(
            effects, effects=tuple(replace(each, low=each.effect, high=each.effect) for each in effects.effects)
        )
    found_out = Comparison(
        title=title_of(members[0], metric),
        runs_folder=runs_folder,
        metric=metric,
        selected_by=selecting,
        directions={name: direction_of(name, members) for name in known},
        columns=columns,
        metrics=tuple(known),
        class_names=_classes(known, metric),
        rows=tuple(rows),
        axes=grouped.axes,
        pairs=found.pairs,
        evidence=evidence,
        noise=describe_noise(rows, found.noise, metric=metric, name=metric_title(metric)),
        effects=effects,
        pivots=tuple(_pivots(rows, grouped, question, metric, direction)),
        answer="",
        notes=(
            *_ungrouped(question.group, evidence),
            *found.notes,
            *unknown_direction(metric, members),
            *grouped.notes,
            *differences,
            *sharing_notes(members),
        ),
        excluded=tuple(excluded),
    )
    cautions = (
        *choice_cautions(found_out),
        *leak_cautions(members),
        *training_cautions(ranked, metric, direction),
    )
    return replace(found_out, answer=answer(found_out), cautions=cautions)


def _selecting(metric: str, runs: Sequence[RunFacts], select: Literal["val", "test"] | None) -> str:
    """Return the metric that ranks: of the validation images, so that the test images judge a choice made without them.

    Raises:
        ReportError: If validation images are asked for, and a run has no scores of them.
    """
    if select == "test" or not metric.startswith("test/"):
        return metric
    on_val = f"val/{metric.removeprefix('test/')}"
    if all(run.record.metrics.get(on_val) is not None for run in runs):
        return on_val
    if select == "val":
        raise not_selectable(on_val)
    return metric


def _ungrouped(pattern: str | None, evidence: Evidence) -> list[str]:
    is_known = pattern is None or evidence.num_groups is not None or not evidence.num_images
    return [] if is_known else [f"--image-group {pattern} finds no two images of one group: each counts as its own"]


def _pivots(
    rows: Sequence[Row], grouped: Grouped, question: Question, metric: str, direction: Direction
) -> list[Pivot]:
    if question.rows or question.columns:
        tables = [chosen_table(question.rows, question.columns, grouped.axes)]
    else:
        tables = default_tables(grouped.axes)
    return [make_pivot(rows, grouped.without, along, metric=metric, direction=direction) for along in tables]


def _classes(metrics: Sequence[str], metric: str) -> tuple[str, ...]:
    prefix = f"{metric.partition('/')[0]}/iou/"
    return tuple(name.removeprefix(prefix) for name in metrics if name.startswith(prefix))


def _with_others(own: Comparison, others: Sequence[Comparison]) -> Comparison:
    """Note which runs are not in this table because their numbers mean something else."""
    notes = [
        f"Not in this table, since its numbers would mean something else: {each.num_runs} runs of {each.title}"
        for each in others
    ]
    return replace(own, notes=(*own.notes, *notes))
