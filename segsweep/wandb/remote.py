"""Runs that lie on W&B, or in a log of it, and can be copied here."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

Rows: TypeAlias = Sequence[Mapping[str, Any]]
_OURS = ("model", "encoder", "data", "trainer", "resolution")


@dataclass(frozen=True)
class RunInfo:
    """A run as W&B knows it, from its server or from a log on disk."""

    id: str
    name: str
    project: str
    state: str
    """finished, failed, crashed, killed, running, or pending."""
    config: Mapping[str, Any]
    summary: Mapping[str, Any]
    commit: str | None = None
    created: str = ""
    """ISO 8601."""
    updated: str = ""
    """Changes with every change of the run."""

    @property
    def is_ours(self) -> bool:
        """Whether segsweep wrote it: its config has our groups."""
        return all(isinstance(self.config.get(group), Mapping) for group in _OURS) and "seed" in self.config

    @property
    def is_going_on(self) -> bool:
        """Whether it is not over."""
        return self.state in ("running", "pending", "preempting")

    @property
    def folder_name(self) -> str:
        """Name of its copy: the id, after the name where that is another; nothing in it leads elsewhere."""
        words = self.id if self.name in (self.id, "") else f"{self.name}-{self.id}"
        return re.sub(r"[^\w.+-]+", "_", words).lstrip(".") or "run"


@dataclass(frozen=True)
class RemoteRun:
    """A run that can be copied here."""

    info: RunInfo
    place: Path
    """Folder of the copies of its source."""
    rows: Callable[[], Rows]
    """Asks for its curves."""
    copy_files: Callable[[Path], None]
    """Copies those of `SENT_FILES` that it has into a folder."""

    @property
    def folder(self) -> Path:
        """Where its copy lies."""
        return self.place / self.info.folder_name
