"""The sentence that answers: which is best, what is equal to it, what is cheapest of those."""

from collections.abc import Sequence

from segsweep.report.read.metrics import metric_title
from segsweep.report.read.model import Direction, Row
from segsweep.report.render.words import spread_text
from segsweep.report.stats.ranking import CHEAP


def answer(rows: Sequence[Row], metric: str, direction: Direction) -> str:
    """Say which configuration is best, and how sure that is.

    Args:
        rows: The ranking; one row at least.
        metric: The one that ranks.
        direction: Whether more or less of it is better.
    """
    best = rows[0]
    value = f"{metric_title(metric)} {spread_text(best.scores[metric])}, n={best.scores[metric].n}"
    if len(rows) == 1:
        return f"{best.configuration.label} is the only configuration ({value})."
    most = "best" if direction == "max" else "best, with the least"
    parts = [f"{best.configuration.label} is {most} ({value})", *_rivals(rows)]
    return "; ".join(parts) + "."


def _rivals(rows: Sequence[Row]) -> list[str]:
    equal = [row for row in rows if row.standing == "equal"]
    undecided = [row for row in rows if row.standing == "unknown" and row.versus_best is not None]
    unseen = [row for row in rows if row.standing == "unknown" and row.versus_best is None]
    parts = []
    if equal:
        number = "1 configuration is" if len(equal) == 1 else f"{len(equal)} configurations are"
        parts.append(f"{number} equal to it")
        parts += _cheapest([rows[0], *equal])
    elif not undecided and not unseen:
        parts.append("all others are worse")
    if undecided:
        others = "1 other" if len(undecided) == 1 else f"{len(undecided)} others"
        parts.append(f"whether {others} may be as good is not known")
    if unseen:
        others = "1 further was" if len(unseen) == 1 else f"{len(unseen)} further were"
        parts.append(f"{others} not compared")
    return parts


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
