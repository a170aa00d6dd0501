"""The report of a sweep that goes on."""

import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from segsweep.core.errors import ReportError
from segsweep.report.errors import metric_unknown
from segsweep.report.read.comparison import Report
from segsweep.report.watch import state_of, watch
from tests.command import start
from tests.report.making import grid, make_run
from tests.report.render.page.making import make_report
from tests.warm import Command

pytestmark = pytest.mark.e2e

DICE = np.linspace(0.5, 0.9, 10)


def until_line(process: Command, words: str) -> str:
    for line in process.stdout:
        if words in line:
            return line
    raise AssertionError(f"it ended without saying {words!r}")


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Command]:
    """A report that watches runs/, which has none yet."""
    (tmp_path / "runs").mkdir()
    with start("runs", "--watch", "1", cwd=tmp_path, module="segsweep.report") as process:
        yield process
        process.kill()


def test_the_page_follows_the_runs_until_ctrl_c(watching: Command, tmp_path: Path) -> None:
    runs, page = tmp_path / "runs", tmp_path / "runs" / "report" / "index.html"
    until_line(watching, "Looks for new results every 1 s, until Ctrl-C.")
    until_line(watching, "nothing to compare yet: runs holds no runs")
    make_run(runs, next(grid(model=["unet"])), DICE)
    assert re.match(r"\d\d:\d\d:\d\d  1 runs?: ", until_line(watching, ": unet/resnet18"))
    assert '<meta http-equiv="refresh" content="1">' in page.read_text()
    make_run(runs, next(grid(model=["fpn"])), DICE - 0.3)
    assert "  2 runs: " in until_line(watching, ": unet/resnet18")
    assert "fpn/resnet18" in page.read_text()
    watching.send_signal(signal.SIGINT)
    assert watching.stdout.read() == ""
    assert watching.wait(120) == 130
    assert 'http-equiv="refresh"' not in page.read_text()


def test_a_change_is_a_record_that_was_written_or_a_run_that_began(tmp_path: Path) -> None:
    folder = make_run(tmp_path, next(grid(model=["unet"])), DICE)
    before = state_of([tmp_path])
    (tmp_path / "report").mkdir()
    (folder / "train.log").write_text("")
    assert state_of([tmp_path]) == before
    (tmp_path / "another").mkdir()
    begun = state_of([tmp_path])
    assert begun != before
    (folder / "record.json").unlink()
    assert state_of([tmp_path]) not in (begun, before)


def test_what_cannot_be_compared_at_all_ends_the_watch(tmp_path: Path) -> None:
    def refuse() -> Report:
        raise metric_unknown("test/dise", ["test/dice"], ["test/dice"])

    began = time.monotonic()
    with pytest.raises(ReportError, match="test/dise is not a metric"):
        watch(refuse, [tmp_path], every_s=100.0, asks_server=False)
    assert time.monotonic() - began < 5


def test_a_server_is_asked_once_a_minute_however_often_the_folders_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s, asked_s = 0.0, []

    def pause(seconds: float) -> None:
        nonlocal now_s
        now_s += seconds
        if now_s > 150:
            raise KeyboardInterrupt

    def make() -> Report:
        asked_s.append(now_s)
        return make_report(tmp_path, axes={"model": ["unet"]}, with_files=False)

    monkeypatch.setattr("segsweep.report.watch.time.sleep", pause)
    monkeypatch.setattr("segsweep.report.watch.time.monotonic", lambda: now_s)
    with pytest.raises(KeyboardInterrupt):
        watch(make, [tmp_path], every_s=10.0, asks_server=True)
    assert asked_s == [0, 60, 120]
