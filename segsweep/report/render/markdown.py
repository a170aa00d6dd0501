"""The comparison as Markdown, ready to paste."""

import re
from collections.abc import Sequence

from segsweep.core.text import markdown_table
from segsweep.report.read.comparison import Comparison, Effect, Report
from segsweep.report.read.metrics import metric_title
from segsweep.report.read.model import Excluded
from segsweep.report.render.tables import Table, pivot_foot, pivot_table, pivot_title, ranking_foot, ranking_table
from segsweep.report.render.words import effects_remark, evidence_text, pair_texts, verdict_text

_ACTIVE = re.compile(r"([\\`*_\[\]<>|#~$])")
MOST_PAIRS = 20


def markdown_report(report: Report) -> str:
    """Return report.md: every comparison with its ranking, tables, differences, effects, notes and what is left out."""
    parts = [part for comparison in report.comparisons for part in _comparison(comparison)]
    if report.unplaced:
        parts += ["## Runs that belong to no comparison", _list(_reasons(report.unplaced))]
    return "\n\n".join(parts) + "\n"


def _comparison(comparison: Comparison) -> list[str]:
    parts = [f"# {escaped(comparison.title)}", escaped(comparison.answer)]
    parts += [_list([f"{evidence_text(comparison)}.", comparison.noise.sentence, *comparison.cautions])]
    parts.append(_table(ranking_table(comparison)))
    parts.append(escaped(ranking_foot(comparison)))
    for pivot in comparison.pivots:
        parts += [f"## {escaped(pivot_title(pivot))}", _table(pivot_table(pivot)), pivot_foot(pivot)]
    parts += _pairs(comparison)
    parts += _effects(comparison)
    if comparison.notes:
        parts += ["## Notes", _list(comparison.notes)]
    if comparison.excluded:
        parts += ["## Not averaged", _list(_reasons(comparison.excluded))]
    return parts


def _pairs(comparison: Comparison) -> list[str]:
    if not comparison.pairs:
        return []
    labels = {row.configuration.key: row.configuration.label for row in comparison.rows}
    best = comparison.rows[0].configuration.key
    shown = [pair for pair in comparison.pairs if pair.better == best][:MOST_PAIRS]
    header = ("the first against", "difference", "95% interval", "p", "p corrected", "the first is", "chance of")
    body = tuple((labels[pair.worse], *pair_texts(pair), verdict_text(pair), pair.basis) for pair in shown)
    title = f"## Is it real? {metric_title(comparison.metric)}; intervals and corrected p hold for all pairs together"
    return [title, _table(Table(header, body, frozenset(), 1))]


def _effects(comparison: Comparison) -> list[str]:
    effects = comparison.effects
    if not effects.effects and not effects.confounded:
        return []
    parts = [f"## What each choice adds to {metric_title(comparison.metric)}"]
    parts.append(escaped(effects_remark(comparison)))
    if effects.effects:
        body = tuple(
            (each.axis, each.value, f"{each.effect:+.4f}", _interval(each), str(each.num_runs))
            for each in effects.effects
        )
        parts.append(_table(Table(("axis", "value", "effect", "95% interval", "runs"), body, frozenset(), 2)))
    if effects.confounded:
        parts.append(_list(effects.confounded))
    return parts


def _interval(effect: Effect) -> str:
    return "-" if effect.low == effect.high else f"{effect.low:+.4f} to {effect.high:+.4f}"


def _reasons(excluded: Sequence[Excluded]) -> list[str]:
    return [f"{item.folder.name}: {item.status}, {' '.join(item.reason.split())}" for item in excluded]


def _list(sentences: Sequence[str]) -> str:
    return "\n".join(f"- {escaped(sentence)}" for sentence in sentences)


def _table(table: Table) -> str:
    """Return a table in Markdown; the best in bold."""
    body = [
        [f"**{_cell(cell)}**" if (number, place) in table.bold else _cell(cell) for place, cell in enumerate(row)]
        for number, row in enumerate(table.body)
    ]
    return markdown_table([[_cell(cell) for cell in table.header], *body], table.num_words)


def _cell(text: str) -> str:
    """Return text that stands in a cell as it is; the table itself takes care of bars."""
    return escaped(text).replace(r"\|", "|")


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return _ACTIVE.sub(r"\\\1", " ".join(text.split()))
