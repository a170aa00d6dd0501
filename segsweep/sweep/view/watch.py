"""Shows a running sweep to the user: a live table in a terminal, plain lines in log files and pipes."""

import sys
import threading
import time
from typing import Protocol, runtime_checkable

from segsweep.sweep.view.lines import GAP, best_line, counts_line, ended_line
from segsweep.sweep.view.model import RunView, SweepView

PROGRESS_EVERY_S = 60.0


@runtime_checkable
class Watcher(Protocol):
    """Shows a sweep from its start to its end; any thread may call it."""

    def start(self, view: SweepView) -> None:
        """Begin."""

    def update(self, view: SweepView) -> None:
        """Show how far it is; called as often as one likes."""

    def ended(self, run: RunView) -> None:
        """Show how a run ended; once for each."""

    def message(self, text: str) -> None:
        """Show a line of text."""

    def stop(self) -> None:
        """End; a second call does nothing."""


class PlainLines:
    """Writes a line at the start, one for each run that ended, and at most one a minute on how far the sweep is."""

    def __init__(self, *, with_progress: bool = True, every_s: float = PROGRESS_EVERY_S) -> None:
        self._every_s = every_s if with_progress else float("inf")
        self._lock = threading.RLock()
        self._view: SweepView | None = None
        self._shown = 0.0

    def start(self, view: SweepView) -> None:
        """Write what is to be done."""
        self._view, self._shown = view, time.monotonic()
        self.message(f"sweep {view.folder.name}{GAP}{counts_line(view)}")

    def update(self, view: SweepView) -> None:
        """Write how far it is, at most once in `every_s`."""
        self._view = view
        if time.monotonic() - self._shown >= self._every_s:
            self._shown = time.monotonic()
            self.message(GAP.join(part for part in (counts_line(view), best_line(view)) if part))

    def ended(self, run: RunView) -> None:
        """Write how a run ended."""
        assert self._view is not None, "ended() before start()"
        self.message(ended_line(run, self._view))

    def message(self, text: str) -> None:
        """Write a line."""
        with self._lock:
            print(text, flush=True)

    def stop(self) -> None:
        """End; nothing is left open."""


def open_watcher(progress: str) -> Watcher:
    """Return a live table where somebody watches a terminal, else one that writes plain lines.

    Args:
        progress: `logger.progress`: auto and bar want the table, lines never, none also leaves out the line of how far
            the sweep is.
    """
    if progress in ("auto", "bar") and sys.stdout.isatty():
        from rich.console import Console

        from segsweep.sweep.view.live import LiveTable

        console = Console()
        if not console.is_dumb_terminal:
            return LiveTable(console)
    return PlainLines(with_progress=progress != "none")
