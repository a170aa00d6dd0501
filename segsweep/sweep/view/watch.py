"""Watches a running sweep for whoever sits before it."""

import sys
from typing import Protocol, runtime_checkable

from segsweep.sweep.view.model import RunView, SweepView


@runtime_checkable
class Watcher(Protocol):
    """Shows a sweep from its start to its end; any thread may call it."""

    def start(self, view: SweepView) -> None:
        """Begin."""

    def update(self, view: SweepView) -> None:
        """Show how far it is; called as often as one likes."""

    def ended(self, run: RunView) -> None:
        """Say how a run ended; once for each end."""

    def message(self, text: str) -> None:
        """Say something else."""

    def stop(self) -> None:
        """End; a second call does nothing."""


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
    from segsweep.sweep.view.lines import PlainLines

    return PlainLines(tells_progress=progress != "none")
