"""A run's record, however the run ends."""

import logging
import os
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from segsweep.core.errors import Interrupted, Pruned, SegsweepError, StartsAgain
from segsweep.core.signals import stoppable, stops_unhidden
from segsweep.runs.facts import CostFacts, DataFacts, EnvironmentFacts, Facts, TrainingFacts
from segsweep.runs.logger import RunLogger
from segsweep.runs.record import RunRecord, Status, read_record

log = logging.getLogger("segsweep")


@dataclass
class Outcome:
    """What is known of a run so far; a run that fails is recorded with what it got to."""

    metrics: dict[str, float | None] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)
    cost: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, Any] = field(default_factory=dict)
    loggers: list[RunLogger] = field(default_factory=list)
    """Told how the run ended, once it is recorded."""

    def facts(self) -> dict[str, Any]:
        """Return what belongs in the record."""
        tables: dict[str, type[Facts]] = {
            "training": TrainingFacts,
            "cost": CostFacts,
            "data": DataFacts,
            "environment": EnvironmentFacts,
        }
        return {"metrics": self.metrics, **{key: table.read(vars(self)[key]) for key, table in tables.items()}}


def recorded(work: Callable[[Outcome], None], folder: Path, *, name: str, config: dict[str, Any]) -> RunRecord:
    """Do the work of a run and write its record: complete, pruned, failed or interrupted.

    Args:
        work: Trains and tests, and notes what it learns in the outcome that it is given.
        folder: The run's folder.
        name: The run's name.
        config: The resolved config in plain containers.
    Raises:
        SegsweepError, Interrupted, StartsAgain: What the work raised, once it is recorded.
    """
    outcome, started = Outcome(), _now()

    def end(status: Status, reason: str | None = None) -> RunRecord:
        record = RunRecord(
            name=name,
            status=status,
            reason=reason,
            config=config,
            started=started,
            finished=_now(),
            **outcome.facts(),
        )
        if _is_ours_to_write(record, folder):
            record.write(folder)
        for logger in outcome.loggers:
            logger.close(record)
        return record

    with stoppable():
        try:
            with stops_unhidden():
                work(outcome)
        except Interrupted as stop:
            done = outcome.training.get("epochs_done", 0)
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


def _is_ours_to_write(record: RunRecord, folder: Path) -> bool:
    """Tell whether this process writes the record: of several, the first to fail, else the first one.

    When one fails, the others lose their connection, or are told to stop, and know no better reason.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1 or record.status in ("complete", "pruned"):
        return int(os.environ.get("RANK", "0")) == 0
    there = read_record(folder)
    said = there is not None and there.finished >= record.started
    if int(os.environ["RANK"]) == 0:
        return not (said and there is not None and there.status == "failed")
    return record.status == "failed" and not said


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
