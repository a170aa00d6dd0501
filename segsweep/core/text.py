"""Numbers, durations and tables as people read them."""

from collections.abc import Sequence

Rows = Sequence[Sequence[str]]
"""Rows of a table, the titles first."""


def duration(seconds: float) -> str:
    """Write seconds as people say them: 42 s, 3 min 20 s, 1 h 37 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def plural(number: int, word: str) -> str:
    """Write a number with its noun."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def first_line(text: object, longest: int | None = None) -> str:
    """Return the first line that says something, of a text or of an error; an error without words gives its type.

    Args:
        text: A text, an error, or None.
        longest: Characters after which the line is cut.
    """
    line = next((line.strip() for line in str(text or "").splitlines() if line.strip()), "")
    if not line and isinstance(text, BaseException):
        line = type(text).__name__
    return line[:longest]


def text_table(rows: Rows, num_words: int | None = None) -> str:
    """Align the columns of a table; those of numbers to the right.

    Args:
        rows: Its rows.
        num_words: How many of the first columns hold words, all others numbers; None: as their cells look.
    """
    columns = list(zip(*rows, strict=True))
    widths = [max(len(cell) for cell in column) for column in columns]
    right = [
        all(is_number(cell) for cell in column[1:]) if num_words is None else place >= num_words
        for place, column in enumerate(columns)
    ]
    lines = [[_padded(*cell) for cell in zip(row, widths, right, strict=True)] for row in rows]
    return "\n".join("  ".join(line).rstrip() for line in lines)


def markdown_table(rows: Rows, num_words: int | None = None) -> str:
    """Write a Markdown table; a bar in a cell does not end it.

    Args:
        rows: Its rows.
        num_words: How many of the first columns hold words; others are aligned to the right. None: all.
    """
    head, *body = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    num_left = len(head) if num_words is None else num_words
    rule = ["---"] * num_left + ["---:"] * (len(head) - num_left)
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *body])


def _padded(cell: str, width: int, to_right: bool) -> str:
    return cell.rjust(width) if to_right else cell.ljust(width)


def is_number(cell: str) -> bool:
    """Tell whether a cell of a table holds a number, or nothing."""
    return cell in ("", "-") or cell.replace(".", "", 1).replace("-", "", 1).replace("e", "", 1).isdigit()
