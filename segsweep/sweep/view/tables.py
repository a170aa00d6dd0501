"""Tables of text."""

from collections.abc import Sequence

Rows = Sequence[Sequence[str]]
"""Titles first."""


def text_table(rows: Rows) -> str:
    """Align the columns; those of numbers to the right."""
    columns = list(zip(*rows, strict=True))
    widths = [max(len(cell) for cell in column) for column in columns]
    right = [all(_is_number(cell) for cell in column[1:]) for column in columns]
    lines = [[_padded(*cell) for cell in zip(row, widths, right, strict=True)] for row in rows]
    return "\n".join("  ".join(line).rstrip() for line in lines)


def _padded(cell: str, width: int, to_right: bool) -> str:
    return cell.rjust(width) if to_right else cell.ljust(width)


def markdown_table(rows: Rows) -> str:
    """Write a Markdown table; a bar in a cell does not end it."""
    head, *body = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *body])


def _is_number(cell: str) -> bool:
    return cell in ("", "-") or cell.replace(".", "", 1).replace("-", "", 1).replace("e", "", 1).isdigit()
