"""From what the command names, folders and projects on W&B, to runs, each counted once."""

from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from segsweep.core.errors import ReportError
from segsweep.report.errors import no_runs
from segsweep.report.read.collect import collect, read_run
from segsweep.report.read.model import Excluded, RunFacts
from segsweep.wandb.account import SCHEME, read_address
from segsweep.wandb.copies import Copy, copy_runs
from segsweep.wandb.logs import find_logs, read_logs
from segsweep.wandb.names import read_pairs
from segsweep.wandb.project import RunFilter, project_runs
from segsweep.wandb.remote import RemoteRun

COPIES = "wandb"
"""Folder beside the runs for the copies of those on W&B."""


@dataclass(frozen=True)
class Sources:
    """What the command names."""

    words: tuple[str, ...] = ("runs",)
    """Folders of runs, and wandb:ENTITY/PROJECT."""
    chosen: RunFilter = field(default_factory=RunFilter)
    """Which runs of the projects."""
    names: tuple[str, ...] = ()
    """OURS=THEIRS, for runs of another tool."""

    @property
    def folders(self) -> list[Path]:
        """Those that lie here."""
        return [Path(word) for word in self.words if not word.startswith(SCHEME)]

    @property
    def projects(self) -> list[str]:
        """Those on W&B, as typed."""
        return [word for word in self.words if word.startswith(SCHEME)]

    @property
    def home(self) -> Path:
        """The folder that stands for all: the first that is named, or that of the copies."""
        if self.folders:
            return self.folders[0]
        address = read_address(self.projects[0])
        return Path("runs") / COPIES / address.path

    @property
    def copies(self) -> Path:
        """Where the copies of runs on W&B go."""
        return (self.folders[0] if self.folders else Path("runs")) / COPIES


@dataclass
class Gathered:
    """What was read."""

    runs: list[RunFacts] = field(default_factory=list)
    unreadable: list[Excluded] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, found: Sequence[RunFacts | Excluded]) -> None:
        """Take runs that were not read before: neither under their name, nor the same run under another."""
        names, moments = {run.name for run in self.runs}, {_moment(run) for run in self.runs}
        fresh = [item for item in found if isinstance(item, RunFacts)]
        self.runs += [run for run in fresh if run.name not in names and _moment(run) not in moments]
        names |= {run.name for run in fresh}
        unreadable: dict[str, Excluded] = {}
        for item in (*self.unreadable, *(item for item in found if isinstance(item, Excluded))):
            unreadable.setdefault(item.folder.name, item)
        self.unreadable = [item for name, item in unreadable.items() if name not in names]


def _moment(run: RunFacts) -> tuple[str, str, str, str]:
    """Return what is equal in two copies of one run, wherever they lie."""
    record = run.record
    distinct = "" if record.started else str(run.folder)
    return record.name, record.started, record.finished, distinct


def gather(sources: Sources) -> Gathered:
    """Read all runs of all sources.

    A folder comes before W&B's log of the same run, and that before W&B's server.

    Raises:
        ReportError: If a folder holds no run, or a project cannot be read.
    """
    if not sources.projects and (options := sources.chosen.options()):
        option = options[0].partition(" ")[0]
        raise ReportError(f"{option} chooses among runs on W&B; name a project too: wandb:ENTITY/PROJECT")
    names, addresses = read_pairs(sources.names), [read_address(word) for word in sources.projects]
    found, logs = _read_folders(sources.folders)
    known = {run.name for run in found.runs}
    with ExitStack() as stack:
        remote, damaged = read_logs(logs, sources.copies)
        for address in addresses:
            remote += stack.enter_context(project_runs(address, sources.chosen, sources.copies, known))
        copies, found.notes = copy_runs(_once(remote, known), names)
    found.add(
        [
            *(_read_copy(copy) for copy in copies),
            *(Excluded(log.parent, "damaged", "W&B's log of it cannot be read") for log in damaged),
        ]
    )
    return found


def _read_copy(copy: Copy) -> RunFacts | Excluded:
    if copy.going_on:
        return Excluded(copy.folder, "unfinished", f"W&B says {copy.going_on}")
    return read_run(copy.folder) or Excluded(copy.folder, "damaged", "its copy went away")


def _read_folders(folders: Sequence[Path]) -> tuple[Gathered, list[Path]]:
    """Read the runs of folders, a copy of the same run only once, and find W&B's logs of those without a record."""
    found, logs = Gathered(), []
    for folder in folders:
        runs, unreadable = collect(folder, may_be_empty=True)
        own = find_logs(folder, {run.name for run in runs})
        if not (runs or unreadable or own):
            raise no_runs(folder)
        known = {_moment(run) for run in found.runs}
        found.runs += [run for run in runs if _moment(run) not in known]
        found.unreadable += unreadable
        logs += own
    return found, logs


def _once(runs: Sequence[RemoteRun], known: Collection[str]) -> list[RemoteRun]:
    """Return each run once: the first that is over, else the first."""
    newest: dict[str, RemoteRun] = {}
    for run in sorted(runs, key=lambda run: run.info.is_going_on):
        if run.info.id not in known:
            newest.setdefault(run.info.id, run)
    return list(newest.values())
