"""Reads the commands that the documents show, each block with the mark before it."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.command import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block of a document."""

    document: Path
    line: int
    language: str
    mark: str | None
    """The comment in the line before it."""
    text: str

    def __str__(self) -> str:
        return f"{self.document.relative_to(ROOT)}:{self.line}"

    @property
    def commands(self) -> tuple[str, ...]:
        """What is typed: in a console block the lines after `$`, in a bash block all lines."""
        text = self.text.replace("\\\n", " ")
        lines = text.splitlines()
        if self.language == "bash":
            return tuple(line for line in lines if line.strip() and not line.startswith("#"))
        return tuple(line.removeprefix("$ ") for line in lines if line.startswith("$ "))

    @property
    def output(self) -> str:
        """What a console block shows below its commands."""
        shown = self.text.replace("\\\n", " ").splitlines()
        return "\n".join(line for line in shown if not line.startswith("$ "))


def blocks(document: Path) -> list[Block]:
    """Return the fenced blocks of a document."""
    text = document.read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(text):
        before = text[: match.start()].rstrip("\n").splitlines()
        last = before[-1].strip() if before else ""
        mark = last.removeprefix("<!-- ").removesuffix(" -->") if last.startswith("<!-- ") else None
        found.append(Block(document, len(before) + 1, match[1], mark, match[2]))
    return found


def all_blocks() -> list[Block]:
    """Return the fenced blocks of all documents."""
    return [block for document in DOCUMENTS for block in blocks(document)]


def without_code(text: str) -> str:
    """Return the prose of a document: links and headings, no fenced blocks."""
    return _FENCE.sub("", text)
