"""Makes a report again whenever its runs have changed."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from segsweep.core.errors import ReportError
from segsweep.core.text import first_line
from segsweep.report.errors import NothingYetError
from segsweep.report.read.comparison import Report
from segsweep.runs.folder import RECORD_FILE

_WAITS = "nothing to compare yet"
EVERY_S_ON_WANDB = 60.0
"""Between two questions to a server, which may count them."""


def watch(make: Callable[[], Report], folders: Sequence[Path], *, every_s: float, asks_server: bool) -> NoReturn:
    """Make a report now and after every change, with a line each, until Ctrl-C.

    Args:
        make: Makes it, and writes it.
        folders: Folders of runs; a run that ends, begins or goes away is a change.
        every_s: Seconds between two looks.
        asks_server: Whether runs also lie on a server: it is queried at most every `EVERY_S_ON_WANDB` seconds.
    Raises:
        ReportError: If the first report cannot be made for another reason than that no run has ended yet.
        KeyboardInterrupt: At Ctrl-C.
    """
    print(f"Looks for new results every {every_s:g} s, until Ctrl-C.", flush=True)
    before, said, last_question = None, "", -EVERY_S_ON_WANDB
    while True:
        now, is_time_to_ask = state_of(folders), asks_server and time.monotonic() - last_question >= EVERY_S_ON_WANDB
        if now != before or is_time_to_ask:
            line = _made(make, is_first=before is None)
            if line != said or (now != before and not line.startswith(_WAITS)):
                print(f"{datetime.now():%H:%M:%S}  {line}", flush=True)
            before, said = now, line
            last_question = time.monotonic() if is_time_to_ask else last_question
        time.sleep(every_s)


def _made(make: Callable[[], Report], *, is_first: bool) -> str:
    try:
        best = make().comparisons[0]
    except NothingYetError as error:
        return f"{_WAITS}: {first_line(error)}"
    except ReportError as error:
        if is_first:
            raise
        return f"not made: {first_line(error)}"
    return f"{best.num_runs} runs: {best.answer}"


def state_of(folders: Sequence[Path]) -> dict[Path, int]:
    """Return what changes when a report would: when each run's record was written, 0 for a run without one."""
    return {
        entry: _written_ns(entry / RECORD_FILE)
        for folder in folders
        if folder.is_dir()
        for entry in folder.iterdir()
        if entry.is_dir() and entry.name != "report"
    }


def _written_ns(record: Path) -> int:
    try:
        return record.stat().st_mtime_ns
    except OSError:
        return 0
