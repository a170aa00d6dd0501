"""The runs of a project on W&B's server."""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from segsweep.core.errors import ReportError
from segsweep.wandb.account import Address, open_api
from segsweep.wandb.files import COMPARISON, SENT_FILES
from segsweep.wandb.remote import RemoteRun, Rows, RunInfo

PER_PAGE = 100
MAX_ROWS = 1000
"""Of a run's curves, if another tool wrote it; of more, W&B gives so many, spread evenly."""


@dataclass(frozen=True)
class RunFilter:
    """Which runs of a project are meant."""

    group: str | None = None
    tags: tuple[str, ...] = ()
    """A run has at least one of them."""
    filter: str | None = None
    """JSON, in the words of W&B's own filters."""

    def filters(self) -> dict[str, Any]:
        """Return what W&B's server takes.

        Raises:
            ReportError: If the filter is no JSON object.
        """
        parts: list[dict[str, Any]] = []
        if self.group is not None:
            parts.append({"group": self.group})
        if self.tags:
            parts.append({"tags": {"$in": list(self.tags)}})
        if self.filter is not None:
            parts.append(_read_filter(self.filter))
        return {"$and": parts} if len(parts) > 1 else (parts or [{}])[0]

    def options(self) -> list[str]:
        """Return the options as they are typed."""
        typed = [] if self.group is None else [f"--group {self.group}"]
        typed += [f"--tag {tag}" for tag in self.tags]
        return typed if self.filter is None else [*typed, f"--filter {self.filter!r}"]


def _read_filter(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise _not_a_filter(text, str(error)) from error
    if not isinstance(found, dict):
        raise _not_a_filter(text, f"it is a {type(found).__name__}")
    return found


def _not_a_filter(text: str, why: str) -> ReportError:
    """A filter that is no JSON object."""
    return ReportError(
        f"--filter {text!r} is not a JSON object ({why}). Type for instance --filter "
        '\'{"state": "finished", "config.lr.value": 0.001}\''
    )


@contextmanager
def project_runs(
    address: Address, wanted: RunFilter, copies: Path, known: Collection[str]
) -> Iterator[list[RemoteRun]]:
    """List the runs of a project that are not here already; they can be copied here until the block ends.

    Raises:
        ReportError: If the project cannot be read, or holds no such run; in words, also while the block lasts.
    """
    filters = wanted.filters()
    with open_api(address) as api:
        entity = address.entity or api.default_entity
        place = copies / str(entity) / address.project
        runs = api.runs(f"{entity}/{address.project}", filters=filters, per_page=PER_PAGE, lazy=False)
        found = [run for run in runs if run.job_type != COMPARISON]
        if not found:
            chosen = f" with {', '.join(options)}" if (options := wanted.options()) else ""
            where = "Its page on W&B lists its runs with their groups and tags."
            raise ReportError(f"{address.path} holds no runs{chosen}. {where}")
        yield [
            RemoteRun(_info(run), place, partial(_rows, run), partial(_copy_files, run))
            for run in found
            if run.id not in known
        ]


def _info(run: Any) -> RunInfo:
    summary = run.summary_metrics
    return RunInfo(
        id=run.id,
        name=run.name or run.id,
        project=run.project,
        state=run.state,
        config=run.config,
        summary=summary if isinstance(summary, Mapping) else {},
        commit=run.commit,
        created=run.created_at or "",
        updated=run.heartbeat_at or "",
    )


def _rows(run: Any) -> Rows:
    rows: Rows = run.history(samples=MAX_ROWS, pandas=False)
    return rows


def _copy_files(run: Any, folder: Path) -> None:
    for file in run.files(names=list(SENT_FILES)):
        file.download(root=str(folder), replace=True).close()
