"""Numbers and places as the outputs of a comparison write them."""

import os
from pathlib import Path
from urllib.parse import quote

from segsweep.core.text import plural
from segsweep.report.read.comparison import Comparison
from segsweep.report.read.cost import COSTS, was_shared
from segsweep.report.read.metrics import metric_title
from segsweep.report.read.model import Pair, Row, Spread

MINUS = "−"
LONGEST_NAME = 48
"""Characters of a configuration's name in a picture."""


def score_text(value: float, *, signed: bool = False) -> str:
    """Write a score with four decimals, a large number with fewer, with a true minus."""
    decimals = 4 if abs(value) < 10 else 2
    value = round(value, decimals) + 0.0  # turns -0.0 into 0.0
    text = f"{value:+.{decimals}f}" if signed else f"{value:.{decimals}f}"
    return text.replace("-", MINUS)


def spread_text(spread: Spread, digits: int = 3) -> str:
    """Write mean ± standard deviation, or the mean alone."""
    mean = f"{spread.mean:.{digits}f}"
    return mean if spread.sd is None else f"{mean} ± {spread.sd:.{digits}f}"


def cost_text(row: Row, name: str) -> str:
    """Write a cost; an asterisk stands at one that was measured while other runs shared the machine."""
    return f"{row.cost[name]:,.{COSTS[name].digits}f}{'*' if was_shared(row, name) else ''}"


def margin_text(comparison: Comparison) -> str:
    """Write the difference that is too small to matter."""
    return f"{comparison.evidence.margin:g} {metric_title(comparison.metric)}"


def evidence_text(comparison: Comparison) -> str:
    """Write what the verdicts rest on: images, groups, margin, and on which split the first was chosen."""
    evidence, parts = comparison.evidence, []
    if evidence.num_groups is not None:
        parts.append(plural(evidence.num_groups, "group") + " of images")
    if (
        evidence.num_images
        and f"{evidence.effective_images:.1f}" != f"{evidence.num_groups or evidence.num_images:.1f}"
    ):
        parts.append(f"by their sizes they weigh as {evidence.effective_images:.1f} equal ones")
    parts.append(f"equal: shown to lie within {margin_text(comparison)}")
    ranked = f"ranked by {metric_title(comparison.selected_by)}"
    is_other = comparison.selected_by != comparison.metric
    judged = f", judged by test {metric_title(comparison.metric)}" if is_other else ""
    parts.append(ranked + judged)
    return "; ".join(parts)


def standing_text(row: Row, comparison: Comparison) -> str:
    """Return where a configuration stands, in a word."""
    if row.is_apart:
        return "pruned"
    if row.standing == "best":
        if all(other.is_apart for other in comparison.rows[1:]):
            return ""
        return "best" if comparison.is_decided else "first"
    if row.standing == "unknown":
        return "differs" if row.versus_best and _differs(row.versus_best) else "not known"
    return row.standing


def legend(comparison: Comparison) -> dict[str, str]:
    """Return what the words of a ranking's standings mean, those that occur in it."""
    words = {
        "first": f"first by {metric_title(comparison.selected_by)}, not known to be the best",
        "better": "better than the first on the test images beyond chance",
        "equal": f"shown to be equal to the first within {margin_text(comparison)}",
        "worse": "worse than the first beyond chance",
        "differs": "differs from the first on these images; what another seed would give is not known",
        "not known": "neither is shown, or it was not compared",
        "pruned": "some of its runs were pruned; those left look better than it is, so that it has no rank",
    }
    there = {standing_text(row, comparison) for row in comparison.rows}
    return {word: meaning for word, meaning in words.items() if word in there}


def probability_text(p: float) -> str:
    """Write a probability; very small ones as a bound."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def verdict_text(pair: Pair) -> str:
    """Return what the first is against the second; of single runs no more than that they differ on these images."""
    return "differs on these images" if _differs(pair) else pair.verdict


def _differs(pair: Pair) -> bool:
    """Tell whether two differ on these images, each run once, so that another seed may say otherwise."""
    return pair.verdict == "not known" and pair.basis == "images" and not pair.low <= 0 <= pair.high


def effects_remark(comparison: Comparison) -> str:
    """Return how main effects are read."""
    share = comparison.effects.explained_fraction
    words = ["What each choice adds while the others are held, under a model that adds them up."]
    words += [] if share is None else [f"It explains {share:.0%} of the variance between configurations."]
    words += ["Less is better."] if comparison.direction == "min" else []
    if any(effect.low < effect.high for effect in comparison.effects.effects):
        words.append("An interval tells of the average over these configurations; the verdict on each stands above.")
    return " ".join(words)


def pair_texts(pair: Pair) -> tuple[str, str, str, str]:
    """Return difference, interval, p and corrected p."""
    return (
        f"{pair.difference:+.4f}",
        f"{pair.low:+.4f} to {pair.high:+.4f}",
        probability_text(pair.p),
        probability_text(pair.p_adjusted),
    )


def link_to(folder: Path, out: Path) -> str:
    """Return a relative link from the page's folder to a run's; it starts with a dot, so that no name is a scheme."""
    relative = Path(os.path.relpath(folder.resolve(), out.resolve())).as_posix()
    return quote(relative if relative.startswith(".") else f"./{relative}") + "/"
