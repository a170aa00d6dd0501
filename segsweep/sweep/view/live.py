"""A running sweep as a table that stays at the foot of the terminal."""

import logging
import sys
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from segsweep.core.text import duration
from segsweep.sweep.view.lines import best_line, counts_line, ended_line, epochs, number, short_line
from segsweep.sweep.view.model import RunView, State, SweepView
from segsweep.sweep.view.progress import left_s, typical_s

REFRESH_EVERY_S = 1.0
MAX_RECENT = 3
"""Lines of failed and of complete runs, each."""
_STYLES: dict[State, str] = {"failed": "red", "incompatible": "red", "pruned": "yellow", "complete": "green"}
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class LiveTable:
    """Shows counts, running runs and the last ends in place; failures and messages stay above, in the scroll-back."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._lock = threading.RLock()  # a signal handler may speak in the middle of a line
        self._view: SweepView | None = None
        self._shown = 0.0
        self._moved: list[tuple[logging.StreamHandler, object]] = []  # type: ignore[type-arg]

    def start(self, view: SweepView) -> None:
        """Show the table."""
        self.message(f"sweep {view.folder.name}")
        self._view = view
        streams = (sys.stdout, sys.stderr)
        self._live.start()
        self._move_handlers(streams)
        self._show()

    def update(self, view: SweepView) -> None:
        """Show the table anew, at most once a second."""
        self._view = view
        if time.monotonic() - self._shown >= REFRESH_EVERY_S:
            self._show()

    def ended(self, run: RunView) -> None:
        """Write a failure above the table at once; other ends show in the table."""
        assert self._view is not None, "ended() before start()"
        if run.state == "failed":
            self._above(Text(ended_line(run, self._view), style=_STYLES[run.state]))

    def message(self, text: str) -> None:
        """Write a line above the table."""
        self._above(Text(text))

    def stop(self) -> None:
        """Take the table away and give the terminal back."""
        self._live.stop()
        while self._moved:
            handler, stream = self._moved.pop()
            handler.setStream(stream)

    def _above(self, text: Text) -> None:
        with self._lock:
            self._console.print(text, soft_wrap=True)

    def _show(self) -> None:
        self._shown = time.monotonic()
        if self._view is not None:
            with self._lock:
                self._live.update(draw(self._view, *self._console.size), refresh=True)

    def _move_handlers(self, streams: Iterable[object]) -> None:
        """Let log lines go through the table's stand-ins for the terminal, which write them above it."""
        for handler in logging.getLogger().handlers:
            if isinstance(handler, logging.StreamHandler) and handler.stream in streams:
                self._moved.append((handler, handler.setStream(sys.stdout)))


def draw(view: SweepView, width: int, height: int) -> Group:
    """Draw a sweep so that it fits a terminal, so many characters wide and lines high."""
    head = [line for line in (counts_line(view), best_line(view)) if line]
    running, room = view.of("running"), max(1, height - len(head) - 2)  # less the titles and the cursor's line
    recent = _recent(view, max(room - len(running), min(2, room // 2)))
    fitting = max(1, room - len(recent))
    shown = running if len(running) <= fitting else running[: max(0, fitting - 1)]
    parts: list[Text | Table] = [_line(line, width) for line in head]
    if shown:
        parts.append(_table(shown, view))
    if len(shown) < len(running):
        parts.append(_line(f"... and {len(running) - len(shown)} more running", width))
    return Group(*parts, *(_line(short_line(run, view), width, _STYLES[run.state]) for run in recent))


def _recent(view: SweepView, room: int) -> list[RunView]:
    """Return the last failures and the last other ends that fit, in the order in which they ended."""
    last = sorted(view.of("complete", "pruned", "failed"), key=lambda run: run.ended or _LONG_AGO, reverse=True)
    failed = [run for run in last if run.state == "failed"][:MAX_RECENT]
    done = [run for run in last if run.state != "failed"][:MAX_RECENT]
    kept = {run.number for run in [*failed[: (room + 1) // 2], *done, *failed][:room]}
    return [run for run in reversed(last) if run.number in kept]


def _line(text: str, width: int, style: str = "") -> Text:
    line = Text(text, style=style, no_wrap=True, overflow="ellipsis")
    line.truncate(width, overflow="ellipsis")
    return line


def _table(running: list[RunView], view: SweepView) -> Table:
    """Draw the running runs; what they set gives way where the line is too short."""
    table = Table(box=None, padding=(0, 3, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("running")
    for title in ("epoch", view.monitor, "left"):
        table.add_column(Text(title), justify="right", no_wrap=True)
    typical = typical_s(view)
    for run in running:
        left = left_s(run, typical)
        sets = Text(run.sets or run.run or "", no_wrap=True, overflow="ellipsis")
        rest = (epochs(run), number(run.metric), "-" if left is None else duration(left))
        table.add_row(Text(str(run.number)), sets, *(Text(cell) for cell in rest))
    return table
