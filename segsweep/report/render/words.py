"""Numbers and places as the outputs of a comparison write them."""

import os
from pathlib import Path
from urllib.parse import quote

from segsweep.report.read.model import Pair, Spread

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


def probability_text(p: float) -> str:
    """Write a probability; very small ones as a bound."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


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
