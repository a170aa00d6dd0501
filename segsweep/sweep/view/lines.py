"""A running sweep as plain lines, for log files and for pipes."""

import threading
import time

from segsweep.sweep.view.model import RunView, SweepView
from segsweep.sweep.view.words import GAP, best_line, counts_line, ended_line

PROGRESS_EVERY_S = 60.0


class PlainLines:
    """Writes a line at the start, one for each run that ended, and at most one a minute on how far the sweep is."""

    def __init__(self, *, tells_progress: bool = True, every_s: float = PROGRESS_EVERY_S) -> None:
        self._every_s = every_s if tells_progress else float("inf")
        self._lock = threading.RLock()
        self._view: SweepView | None = None
        self._said = 0.0

    def start(self, view: SweepView) -> None:
        """Say what is to be done."""
        self._view, self._said = view, time.monotonic()
        self.message(f"sweep {view.folder.name}{GAP}{counts_line(view)}")

    def update(self, view: SweepView) -> None:
        """Say how far it is, if that was not said lately."""
        self._view = view
        if time.monotonic() - self._said >= self._every_s:
            self._said = time.monotonic()
            self.message(GAP.join(part for part in (counts_line(view), best_line(view)) if part))

    def ended(self, run: RunView) -> None:
        """Say how a run ended."""
        assert self._view is not None, "ended() before start()"
        self.message(ended_line(run, self._view))

    def message(self, text: str) -> None:
        """Write a line."""
        with self._lock:
            print(text, flush=True)

    def stop(self) -> None:
        """End; nothing is left open."""
