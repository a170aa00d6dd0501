"""How far a run is that has not ended, from its history file."""

import math
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from segsweep.core.files import read_csv
from segsweep.runs.folder import HISTORY_FILE


@dataclass(frozen=True)
class Progress:
    """What the history of a run says."""

    epoch: int = 0
    """Epochs that are done."""
    metric: float | None = None
    """Best value of the monitored metric."""
    epoch_s: float | None = None
    """Seconds of an epoch, in the middle."""
    written: float = 0.0
    """When the last epoch ended, in seconds since 1970."""

    def left_s(self, max_epochs: int | None) -> float | None:
        """Return the seconds of the epochs to come; None where they are not known."""
        if self.epoch_s is None or max_epochs is None:
            return None
        into_epoch_s = min(max(0.0, time.time() - self.written), self.epoch_s)
        return max(0.0, self.epoch_s * (max_epochs - self.epoch) - into_epoch_s)


class Histories:
    """Reads histories, each only after it has changed."""

    def __init__(self) -> None:
        self._read: dict[Path, tuple[tuple[int, int], Progress]] = {}

    def progress(self, folder: Path, monitor: str, mode: str) -> Progress:
        """Return how far the run in a folder is; nothing done where it has no history, or none that can be read."""
        file = folder / HISTORY_FILE
        try:
            stat = file.stat()
            version = (stat.st_mtime_ns, stat.st_size)
            known = self._read.get(file)
            if known is None or known[0] != version:
                known = version, _progress(read_csv(file), monitor, mode, stat.st_mtime)
                self._read[file] = known
            return known[1]
        except (OSError, ValueError, KeyError):
            return Progress()


def _progress(rows: list[dict[str, float]], monitor: str, mode: str, written: float) -> Progress:
    if not rows:
        return Progress()
    measured = [row[monitor] for row in rows if math.isfinite(row.get(monitor, math.nan))]
    best = (max if mode == "max" else min)(measured, default=None)
    seconds = [row["seconds"] for row in rows if "seconds" in row]
    return Progress(int(rows[-1]["epoch"]), best, statistics.median(seconds) if seconds else None, written)
