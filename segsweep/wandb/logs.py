"""The logs that W&B leaves on disk, of runs whose record is gone or that another tool wrote."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from segsweep.wandb.files import SENT_FILES
from segsweep.wandb.remote import RemoteRun, Rows, RunInfo

_LOG = "*run-*/run-*.wandb"
_AT_A_TIME = 4
_READ_WITHIN_S = 120
PLACE = "offline"
"""Folder of the copies of all of them."""


def find_logs(runs: Path, known: Collection[str]) -> list[Path]:
    """Find the logs in a folder: its own, if it is one of W&B's, and those of its runs.

    Args:
        runs: Folder of runs, of other folders with a `wandb` folder each, or W&B's own folder.
        known: Names of the folders whose runs need no log.
    Returns:
        The newest log of each run.
    """
    inside = [entry for entry in runs.iterdir() if entry.name not in known and (entry / "wandb").is_dir()]
    found = [*runs.glob(_LOG), *runs.glob(f"wandb/{_LOG}")]
    found += [log for entry in inside for log in (entry / "wandb").glob(_LOG)]
    newest: dict[tuple[Path, str], Path] = {}
    for log in sorted(found):
        if not log.parent.is_symlink():
            newest[log.parent.parent, log.name] = log
    return list(newest.values())


def read_logs(logs: Sequence[Path], copies: Path) -> tuple[list[RemoteRun], list[Path]]:
    """Read logs with W&B's own reader, for copies in a folder.

    Returns:
        Their runs, and the logs that cannot be read.
    """
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        infos = list(pool.map(lambda log: _inspect(log, log.stat().st_mtime_ns), logs))
    found = [
        RemoteRun(info, copies / PLACE, partial(_rows, log), partial(_copy_files, log.parent / "files"))
        for log, info in zip(logs, infos, strict=True)
        if info is not None
    ]
    return found, [log for log, info in zip(logs, infos, strict=True) if info is None]


@lru_cache(maxsize=10_000)
def _inspect(log: Path, _changed_ns: int) -> RunInfo | None:
    try:
        found: dict[str, Any] = json.loads(_leet(log, "--summary"))
        return RunInfo(
            id=found["run_id"],
            name=found.get("name") or found["run_id"],
            project=found.get("project") or "",
            state=found["state"],
            config=found.get("config") or {},
            summary=found.get("summary") or {},
            created=found.get("start_time", ""),
            updated=found.get("last_write", ""),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, subprocess.SubprocessError):
        return None


def _leet(log: Path, *options: str) -> str:
    command = [sys.executable, "-m", "wandb", "leet", "inspect", *options, "--json", str(log.resolve())]
    environment = {**os.environ, "WANDB_ERROR_REPORTING": "false"}
    ended = subprocess.run(
        command, capture_output=True, text=True, check=True, env=environment, timeout=_READ_WITHIN_S, cwd=log.parent
    )
    return ended.stdout


def _rows(log: Path) -> Rows:
    lines = _leet(log).splitlines()
    return [json.loads(line)["history"]["item"] for line in lines if '"type":"history"' in line]


def _copy_files(files: Path, folder: Path) -> None:
    for name in SENT_FILES:
        if (files / name).exists():
            shutil.copyfile(files / name, folder / name)
