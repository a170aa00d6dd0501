"""A run's record, however the run ends."""

import logging
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from segsweep.core.errors import Interrupted, Pruned, SegsweepError, StartsAgain
from segsweep.core.processes import rank, world_size
from segsweep.core.signals import stoppable, stops_unhidden
from segsweep.runs.facts import CostFacts, DataFacts, EnvironmentFacts, TrainingFacts
from segsweep.runs.logger import RunLogger
from segsweep.runs.record import RunRecord, Status, read_record

log = logging.getLogger("segsweep")


@dataclass(frozen=True)
class RunNotes:
    """What is known of a run after a stage of its work; a run that fails in the next one is recorded with it."""

    metrics: Mapping[str, float | None] = field(default_factory=dict)
    training: TrainingFacts = field(default_factory=TrainingFacts)
    cost: CostFacts = field(default_factory=CostFacts)
    data: DataFacts = field(default_factory=DataFacts)
    environment: EnvironmentFacts = field(default_factory=EnvironmentFacts)
    loggers: tuple[RunLogger, ...] = ()
    """They show how the run ended, once it is recorded."""


def recorded(stages: Iterator[RunNotes], folder: Path, *, name: str, config: dict[str, Any]) -> RunRecord:
    """Do the work of a run and write its record: complete, pruned, failed or interrupted.

    Args:
        stages: The work; gives what is known after each stage.
        folder: The run's folder.
        name: The run's name.
        config: The resolved config in plain containers.
    Raises:
        SegsweepError, Interrupted, StartsAgain: What the work raised, once it is recorded.
    """
    notes, started = RunNotes(), _now()

    def end(status: Status, reason: str | None = None) -> RunRecord:
        record = _record_of(notes, name=name, config=config, status=status, reason=reason, started=started)
        if _is_ours_to_write(record, folder):
            record.write(folder)
        for logger in notes.loggers:
            logger.close(record)
        return record

    with stoppable():
        try:
            with stops_unhidden():
                for notes in stages:  # noqa: B007  # the last is what is known
                    pass
        except Interrupted as stop:
            done = notes.training.epochs_done
            log.info("interrupted; the same command goes on %s", f"after epoch {done}" if done else "from the start")
            end("interrupted", str(stop))
            raise
        except StartsAgain:
            end("interrupted", "out of memory; begins again with smaller batches")
            raise
        except Pruned as stop:
            return end("pruned", str(stop))
        except SegsweepError as mistake:
            end("failed", str(mistake))
            raise
        except Exception as error:
            log.debug(traceback.format_exc())
            end("failed", f"{type(error).__name__}: {error}")
            raise
        return end("complete")


def _record_of(
    notes: RunNotes, *, name: str, config: dict[str, Any], status: Status, reason: str | None, started: str
) -> RunRecord:
    return RunRecord(
        name=name,
        status=status,
        metrics=dict(notes.metrics),
        config=config,
        training=notes.training,
        cost=notes.cost,
        data=notes.data,
        environment=notes.environment,
        reason=reason,
        started=started,
        finished=_now(),
    )


def _is_ours_to_write(record: RunRecord, folder: Path) -> bool:
    """Tell whether this process writes the record: of several, the first to fail, else the first one.

    When one fails, the others lose their connection, or are stopped, and know no better reason.
    """
    if world_size() == 1 or record.status in ("complete", "pruned"):
        return rank() == 0
    there = read_record(folder)
    is_recorded = there is not None and there.finished >= record.started
    if rank() == 0:
        return not (is_recorded and there is not None and there.status == "failed")
    return record.status == "failed" and not is_recorded


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
