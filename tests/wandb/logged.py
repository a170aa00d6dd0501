"""Run folders logged to W&B's double as a run itself does it, and runs that the double has from elsewhere."""

from pathlib import Path
from typing import Any

from segsweep.core.files import read_csv
from segsweep.runs.folder import HISTORY_FILE
from segsweep.runs.record import read_record
from segsweep.schema import WandbConfig
from segsweep.wandb.logger import WandbLogger
from tests.wandb.double import SentRun, WandbDouble

PROJECT = "wandb:somebody/cells"


def log_runs(runs: Path, *, mode: Any = "auto", group: str | None = "sizes") -> None:
    """Log all runs of a folder that have a record."""
    settings = WandbConfig(
        enabled=True,
        project="cells",
        entity=None,
        group=group,
        tags=["first"],
        mode=mode,
        machine_info=False,
        finish_timeout_s=20.0,
    )
    for folder in sorted(runs.iterdir()):
        record = read_record(folder)
        if record is None:
            continue
        logger = WandbLogger(folder, record.config, settings)
        history = folder / HISTORY_FILE
        rows = read_csv(history) if history.exists() else []
        logger.start([])
        for row in rows:
            logger.log_metrics(row, int(row["epoch"]))
        logger.close(record)


def add_foreign(
    double: WandbDouble, name: str, config: dict[str, Any], summary: dict[str, Any], **attributes: Any
) -> SentRun:
    """Give the double a run that another tool wrote."""
    run = SentRun(
        attributes={"project": "cells", "displayName": name, **attributes},
        config={key: {"value": value} for key, value in config.items()},
        summary={**summary, "_runtime": 60},
        exit_code=0,
    )
    double.runs[f"id-{name}"] = run
    return run
