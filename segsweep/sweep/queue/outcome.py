"""How a run ended, read from its folder: the folders are the truth, the study follows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from segsweep.config.identity import run_name
from segsweep.core.errors import SegsweepError, TrainingError
from segsweep.core.files import read_csv
from segsweep.runs.facts import TrainingFacts
from segsweep.runs.folder import HISTORY_FILE
from segsweep.runs.objectives import objective_values
from segsweep.runs.record import RunRecord, read_record

NO_REASON = "its process ended without a word"

State = Literal["complete", "pruned", "failed", "interrupted", "lost"]


class JobLost(TrainingError):  # noqa: N818  an event
    """The process of a run ended without a result; a launcher returns it."""

    def __init__(self, text: str, *, exit_code: int | None = None, timed_out: bool = False) -> None:
        super().__init__(text)
        self.process_exit_code = exit_code
        """What the process exited with; minus the signal that killed it; None where nobody knows."""
        self.timed_out = timed_out
        """Whether it was stopped for exceeding its time."""


class JobStopped(TrainingError):  # noqa: N818  the same
    """A run was stopped with its sweep, or not started for that reason; a launcher returns it."""


@dataclass(frozen=True)
class Outcome:
    """How a run ended."""

    state: State
    values: list[float] = field(default_factory=list)
    """The objectives, of a complete run."""
    reason: str = ""
    """Why it is not complete."""


def outcome_of(
    folder: Path, objectives: Mapping[str, str], *, before: RunRecord | None, otherwise: str = ""
) -> Outcome:
    """Read how a run ended.

    Args:
        folder: The run's folder.
        objectives: Metric to max or min.
        before: The record that lay there before the run was started, which is not of this start.
        otherwise: The launcher's reason why a run left no record.
    """
    record = read_record(folder)
    if record is None or (record == before and record.status != "complete"):
        return Outcome("lost", reason=otherwise or NO_REASON)
    if record.status == "complete":
        try:
            return Outcome("complete", objective_values(record, objectives))
        except SegsweepError as undefined:
            return Outcome("failed", reason=str(undefined))
    return Outcome(record.status, reason=record.reason or "")


def intermediate_values(folder: Path, metric: str) -> dict[int, float]:
    """Return a metric of the validation after each epoch that has it."""
    file = folder / HISTORY_FILE
    rows = read_csv(file) if file.exists() else []
    return {int(row["epoch"]): row[metric] for row in rows if metric in row}


def record_failure(folder: Path, config: dict[str, Any], reason: str, *, started: datetime) -> None:
    """Write the record of a run that could not write its own."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / HISTORY_FILE
    epochs = len(read_csv(file)) if file.exists() else 0
    RunRecord(
        name=run_name(config),
        status="failed",
        metrics={},
        config=config,
        training=TrainingFacts(epochs_done=epochs),
        reason=reason,
        started=started.isoformat(timespec="seconds"),
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
    ).write(folder)
