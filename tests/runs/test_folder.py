import subprocess
import sys
from pathlib import Path

import pytest

from segsweep.core.errors import RunError
from segsweep.runs.folder import is_worked_on, working_in
from segsweep.runs.record import RunRecord, Status, finished_record, read_record


def record(status: Status = "complete") -> RunRecord:
    return RunRecord(name="unet-resnet18-0", status=status, metrics={"val/miou": 0.5}, config={"seed": 0})


def test_a_record_reads_back_as_it_was_written(tmp_path: Path) -> None:
    record().write(tmp_path)
    assert read_record(tmp_path) == record()


@pytest.mark.parametrize("content", ["", '{"name": "a"', "[]", '{"name": "a"}', "\x00\xff"])
def test_a_damaged_record_counts_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "record.json").write_text(content, encoding="latin-1")
    assert read_record(tmp_path) is None


def test_a_pruned_run_is_finished_for_the_sweep_that_pruned_it_and_goes_on_for_others(tmp_path: Path) -> None:
    RunRecord("a", "pruned", {}, config={"sweep": {"study": "grid-1", "trial": 3}}).write(tmp_path)
    assert finished_record(tmp_path, pruned_by="grid-1") is not None
    assert finished_record(tmp_path, pruned_by="grid-2") is None
    assert finished_record(tmp_path) is None
    RunRecord("a", "complete", {}, config={}).write(tmp_path)
    assert finished_record(tmp_path) is not None


def test_only_complete_runs_are_finished_for_a_single_command(tmp_path: Path) -> None:
    finished = {}
    statuses: tuple[Status, ...] = ("complete", "pruned", "failed", "interrupted")
    for status in statuses:
        record(status).write(tmp_path)
        finished[status] = finished_record(tmp_path) is not None
    assert finished == {"complete": True, "pruned": False, "failed": False, "interrupted": False}


def test_a_folder_that_another_process_works_in_is_refused_until_that_process_is_dead(tmp_path: Path) -> None:
    code = f"""
from pathlib import Path
from segsweep.runs.folder import working_in
with working_in(Path({str(tmp_path)!r})):
    print("held", flush=True)
    input()
"""
    other = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(RunError, match=f"process {other.pid} on .*rerun=true"), working_in(tmp_path):
            pass
        other.kill()
    with working_in(tmp_path):
        assert is_worked_on(tmp_path)
    assert not is_worked_on(tmp_path)


def test_a_place_that_cannot_be_written_is_told_with_the_setting_to_change(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match=r"paths\.runs=FOLDER"), working_in(tmp_path / "file" / "run"):
        pass
