"""A run is recorded with what its last stage gave, however it ends."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from segsweep.core.errors import Interrupted, Pruned, TrainingError
from segsweep.runs.facts import DataFacts, TrainingFacts
from segsweep.runs.logger import Rows, RunLogger
from segsweep.runs.record import RunRecord, read_record
from segsweep.training.recording import RunNotes, recorded

OPENED = RunNotes(data=DataFacts(name="cells"))
TRAINED = RunNotes(data=DataFacts(name="cells"), training=TrainingFacts(epochs_done=2))


def stages(end: BaseException | None = None, *notes: RunNotes) -> Iterator[RunNotes]:
    yield from notes
    if end is not None:
        raise end


@pytest.mark.parametrize(
    ("end", "status", "reason"),
    [
        (None, "complete", None),
        (Pruned("pruned after epoch 2"), "pruned", "pruned after epoch 2"),
        (TrainingError("too little memory"), "failed", "too little memory"),
        (ValueError("odd"), "failed", "ValueError: odd"),
        (Interrupted(2), "interrupted", "stopped by signal 2"),
    ],
)
def test_a_run_is_recorded_with_what_was_known_when_it_ended(
    tmp_path: Path, end: BaseException | None, status: str, reason: str | None
) -> None:
    work = stages(end, OPENED, TRAINED)
    if end is None or isinstance(end, Pruned):
        recorded(work, tmp_path, name="a", config={})
    else:
        with pytest.raises(type(end)):
            recorded(work, tmp_path, name="a", config={})
    record = read_record(tmp_path)
    assert record is not None
    assert (record.status, record.reason, record.training, record.data) == (
        status,
        reason,
        TRAINED.training,
        OPENED.data,
    )


class Closed(RunLogger):
    """Remembers the record that it was closed with."""

    ended: RunRecord | None = None

    def start(self, rows: Rows) -> None:
        """Do nothing."""

    def log_metrics(self, metrics: object, step: int | None = None) -> None:
        """Do nothing."""

    def log_samples(self, paths: object, step: int) -> None:
        """Do nothing."""

    def close(self, record: RunRecord) -> None:
        """Remember it."""
        self.ended = record


def test_the_loggers_of_a_run_that_fails_are_closed_with_its_record(tmp_path: Path) -> None:
    logger = Closed(tmp_path)
    with pytest.raises(TrainingError):
        recorded(stages(TrainingError("no"), RunNotes(loggers=(logger,))), tmp_path, name="a", config={})
    assert logger.ended == read_record(tmp_path)
