from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from segsweep.config.identity import run_name
from segsweep.core.files import write_csv
from segsweep.runs.folder import HISTORY_FILE
from segsweep.runs.record import RunRecord, read_record
from segsweep.sweep.queue.outcome import intermediate_values, outcome_of, record_failure

OBJECTIVES = {"val/miou": "max"}


def record(status: Any, finished: str, **metrics: float) -> RunRecord:
    named: dict[str, float | None] = {f"val/{name}": value for name, value in metrics.items()}
    return RunRecord(name="a", status=status, metrics=named, config={}, finished=finished, reason=f"at {finished}")


def test_what_became_of_a_run_is_read_from_its_folder(tmp_path: Path) -> None:
    assert outcome_of(tmp_path, OBJECTIVES, before=None, otherwise="killed").reason == "killed"
    old = record("failed", "monday")
    old.write(tmp_path)
    assert outcome_of(tmp_path, OBJECTIVES, before=old, otherwise="killed").state == "lost"
    record("failed", "tuesday").write(tmp_path)
    assert outcome_of(tmp_path, OBJECTIVES, before=old).reason == "at tuesday"
    record("complete", "tuesday", miou=0.5).write(tmp_path)
    assert outcome_of(tmp_path, OBJECTIVES, before=old).values == [0.5]
    undefined = outcome_of(tmp_path, {"val/dice": "max"}, before=old)
    assert undefined.state == "failed"
    assert "val/dice" in undefined.reason


def test_a_run_that_could_not_write_its_record_gets_one_with_its_epochs(tmp_path: Path) -> None:
    folder = tmp_path / "unet-a"
    folder.mkdir()
    write_csv(folder / HISTORY_FILE, [{"epoch": 1.0, "val/miou": 0.25}, {"epoch": 2.0}])
    config = {"seed": 0, "model": {"arch": "unet"}, "encoder": {"name": "resnet18"}}
    record_failure(folder, config, "killed by signal 9", started=datetime.now(UTC))
    written = read_record(folder)
    assert written is not None
    assert written.name == run_name(config)
    assert (written.status, written.reason, written.training.epochs_done) == ("failed", "killed by signal 9", 2)
    assert intermediate_values(folder, "val/miou") == {1: 0.25}
