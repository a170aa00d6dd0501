"""The sentences that answer: which is best, what equals it, what is cheapest of those, and what to beware of."""

from collections.abc import Sequence

from segsweep.core.text import plural
from segsweep.report.read.comparison import Comparison
from segsweep.report.read.metrics import metric_title
from segsweep.report.read.model import Row
from segsweep.report.render.words import margin_text, spread_text, standing_text
from segsweep.report.stats.ranking import CHEAP


def answer(comparison: Comparison) -> str:
    """Say which configuration is best, or that this is not known."""
    metric, best = comparison.metric, comparison.rows[0]
    others = [row for row in comparison.rows[1:] if not row.is_apart]
    value = f"{metric_title(metric)} {spread_text(best.scores[metric])}, n={best.scores[metric].n}"
    if not others:
        only = "the only configuration" if len(comparison.rows) == 1 else "the only one of which no run was pruned"
        return f"{best.configuration.label} is {only} ({value})."
    words = f"{best.configuration.label} is best ({value})"
    if not comparison.is_decided:
        most = "highest" if comparison.direction == "max" else "lowest"
        words = f"{best.configuration.label} has the {most} {metric_title(comparison.selected_by)} ({value})"
    return "; ".join([words, *_rivals(others, comparison)]) + "."


def _rivals(others: Sequence[Row], comparison: Comparison) -> list[str]:
    compared = [row for row in others if row.versus_best is not None]
    better, equal, worse, unknown = (
        [row for row in compared if row.standing == standing] for standing in ("better", "equal", "worse", "unknown")
    )
    if not compared:
        return ["which is best is not known: nothing says what chance does"]
    parts = []
    if better:
        parts.append(
            f"on the test images {better[0].configuration.label if len(better) == 1 else len(better)} "
            f"{'is' if len(better) == 1 else 'others are'} better"
        )
    if equal:
        parts.append(f"{_are(equal)} equal to it within {margin_text(comparison)}")
        parts += _cheapest([comparison.rows[0], *equal])
    if worse:
        parts.append("all others are worse" if len(worse) == len(others) > 1 else f"{_are(worse)} worse")
    if unknown:
        parts.append(f"{_open(unknown, len(compared))} is not known{_why(unknown, comparison)}")
    if differing := sum(standing_text(row, comparison) == "differs" for row in unknown):
        parts.append(f"{differing} of them {'differs' if differing == 1 else 'differ'} on these images")
    if unseen := len(others) - len(compared):
        parts.append(f"{unseen} further {'was' if unseen == 1 else 'were'} not compared")
    return parts


def _are(rows: Sequence[Row]) -> str:
    return "1 other is" if len(rows) == 1 else f"{len(rows)} others are"


def _open(unknown: Sequence[Row], num_compared: int) -> str:
    if len(unknown) == num_compared:
        return "which is best"
    return f"whether {plural(len(unknown), 'other')} may be as good or better"


def _why(rows: Sequence[Row], comparison: Comparison) -> str:
    """Return why, and what would decide."""
    reasons = [row.versus_best.reason for row in rows if row.versus_best is not None and not row.versus_best.needs]
    return f" ({'; '.join(filter(None, [*reasons[:1], comparison.noise.advice]))})"


def _cheapest(equal: Sequence[Row]) -> list[str]:
    known = [row for row in equal if CHEAP in row.cost]
    if not known:
        return []
    cheapest = min(known, key=lambda row: (row.cost[CHEAP], row.rank))
    cost = f"{cheapest.cost[CHEAP]:.3g} GFLOPs"
    if "parameters_m" in cheapest.cost:
        cost += f", {cheapest.cost['parameters_m']:.3g} M parameters"
    who = "itself" if cheapest.rank == 1 else cheapest.configuration.label
    return [f"cheapest of these: {who} ({cost})"]


def choice_cautions(comparison: Comparison) -> list[str]:
    """Say what the scores owe to choices on the same images, and which configurations have no rank."""
    evidence, name = comparison.evidence, metric_title(comparison.metric)
    found = []
    if comparison.metric.startswith("val/"):
        found.append("Best epochs were chosen on these validation images too: new images will likely score worse.")
    if evidence.optimism and round(evidence.optimism, 4) and len(comparison.ranked) > 1:
        found.append(
            f"The first of {len(comparison.ranked)} configurations was chosen on the images that judge it: with "
            f"{plural(evidence.num_seeds, 'run')} each it looks about {evidence.optimism:.4f} {name} better than it is."
        )
    apart = [row.configuration for row in comparison.rows if row.is_apart]
    if apart:
        lost = [f"{each.label} ({each.num_pruned} of {each.num_pruned + len(each.runs)})" for each in apart]
        found.append(f"Without a rank, since runs were pruned and those left look better: {', '.join(lost)}.")
    return found
