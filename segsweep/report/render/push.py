"""A comparison as W&B takes it: tables with their numbers, and the files of the report."""

from collections.abc import Sequence
from pathlib import Path

from segsweep.report.read.comparison import Comparison, Report
from segsweep.report.read.metrics import metric_title
from segsweep.report.render.markdown import markdown_report
from segsweep.report.render.tables import pivot_table
from segsweep.report.render.words import standing_text
from segsweep.wandb.push import Columns, PushedComparison


def pushed_comparison(report: Report, files: Sequence[Path]) -> PushedComparison:
    """Return what is sent to W&B.

    Args:
        report: Its first comparison gives the name, the answer and the pivot tables; all give a ranking.
        files: The files of the report, as they were written.
    """
    best = report.comparisons[0]
    score = best.rows[0].scores[best.metric].mean
    return PushedComparison(
        name=f"comparison of {best.num_runs} runs by {best.metric}",
        title=f"{best.metric} of {len(best.rows)} configurations",
        answer=best.answer,
        config={
            "metric": best.metric,
            "of": best.title,
            "selected by": best.selected_by,
            "margin": best.evidence.margin,
            "axes": [axis.name for axis in best.axes],
            "runs": sorted(run.name for row in best.rows for run in row.configuration.runs),
        },
        summary={"answer": best.answer, "best": best.rows[0].configuration.label, best.metric: score},
        tables=tables_of(report),
        files=files,
        text=markdown_report(report),
    )


def tables_of(report: Report) -> dict[str, Columns]:
    """Return the tables of a report by the name that they get: ranking, pivot 1, ..., and ranking 2 of other data."""
    tables = {}
    for number, comparison in enumerate(report.comparisons, start=1):
        tables["ranking" if number == 1 else f"ranking {number}"] = ranking_columns(comparison)
    for number, pivot in enumerate(report.comparisons[0].pivots, start=1):
        table = pivot_table(pivot)
        tables[f"pivot {number}"] = Columns(_distinct(table.header), table.body)
    return tables


def ranking_columns(comparison: Comparison) -> Columns:
    """Return a ranking with a column for each axis, and for mean and standard deviation of each metric."""
    costs = list(dict.fromkeys(name for row in comparison.rows for name in row.cost))
    axes = [axis.name for axis in comparison.axes]
    metrics = [name for metric in comparison.columns for name in (metric_title(metric), f"{metric_title(metric)} sd")]
    rows = []
    for row in comparison.rows:
        spreads = [row.scores.get(metric) for metric in comparison.columns]
        scores = [number for spread in spreads for number in ((spread.mean, spread.sd) if spread else (None, None))]
        own = [row.configuration.values.get(axis) for axis in axes]
        rows.append(
            [
                None if row.is_apart else float(row.rank),
                standing_text(row, comparison),
                row.configuration.label,
                *own,
                float(len(row.configuration.runs)),
                *scores,
                *(row.cost.get(name) for name in costs),
            ]
        )
    names = ["rank", "standing", "configuration", *(f"axis: {axis}" for axis in axes), "n", *metrics, *costs]
    return Columns(_distinct(names), rows)


def _distinct(names: Sequence[str]) -> list[str]:
    """Number names that come again: W&B's tables need each once."""
    return [f"{name} ({place})" if name in names[:place] else name for place, name in enumerate(names)]
