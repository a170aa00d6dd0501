import io
import logging
import os
import re
import select
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace

import pytest
from rich.console import Console

from segsweep.sweep.view.live import LiveTable, draw
from segsweep.sweep.view.model import SweepView
from segsweep.sweep.view.watch import PlainLines, open_watcher
from tests.sweep.view.making import example


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> SweepView:
    return example(tmp_path_factory.mktemp("runs")).view()


def many(view: SweepView, num_running: int) -> SweepView:
    """The same sweep with more running runs."""
    running = [replace(view.runs[5], number=100 + index) for index in range(num_running)]
    return replace(view, runs=(*view.runs[:5], *running, *view.runs[6:]))


def drawn(view: SweepView, width: int, height: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width, height=height, color_system=None)
    console.print(draw(view, width, height))
    file = console.file
    assert isinstance(file, io.StringIO)
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_the_table_shows_counts_running_runs_and_the_last_ends(view: SweepView) -> None:
    lines = drawn(view, 120, 24)
    assert lines[0].startswith("8 runs: 1 running, 2 complete, 1 pruned, 1 failed, 1 incompatible, 2 waiting   ETA ")
    assert lines[1] == "best val/miou 0.7000   model=fpn encoder=resnet18 optimizer.lr=0.01"
    assert lines[2].split() == ["running", "epoch", "val/miou", "left"]
    assert lines[3].split()[:6] == ["5", "model=unet", "encoder=resnet18", "optimizer.lr=0.002", "2/10", "0.4000"]
    assert [line.split()[:2] for line in lines[4:]] == [
        ["complete", "0"],
        ["complete", "1"],
        ["pruned", "2"],
        ["failed", "3"],
    ]
    assert "[bold] out of memory" in lines[7]


@pytest.mark.parametrize("num_running", [0, 1, 8, 64])
@pytest.mark.parametrize(("width", "height"), [(120, 24), (60, 12), (40, 6), (200, 50)])
def test_the_table_fits_the_terminal(view: SweepView, num_running: int, width: int, height: int) -> None:
    lines = drawn(many(view, num_running), width, height)
    assert len(lines) <= max(height - 1, 4)
    assert max(len(line) for line in lines) <= width
    rows = [line for line in lines if line.startswith("1") and "/10" in line]
    if num_running > len(rows):
        assert f"... and {num_running - len(rows)} more running" in lines


def test_a_short_line_keeps_epoch_metric_and_time_and_cuts_what_the_run_sets(view: SweepView) -> None:
    row = drawn(view, 50, 24)[3]
    assert re.fullmatch(r"5\s+model=unet\S*\s?\S*…\s+2/10\s+0\.4000\s+8 min 0 s|.*…\s+2/10\s+0\.4000\s+\d.*", row)


def test_failures_stay_above_the_table_and_the_table_goes(view: SweepView) -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=200, height=20, color_system=None)
    table = LiveTable(console)
    table.start(view)
    table.ended(view.runs[3])
    table.ended(view.runs[0])
    table.message("[x] said")
    table.stop()
    table.stop()
    file = console.file
    assert isinstance(file, io.StringIO)
    lines = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", file.getvalue()).replace("\r", "\n").splitlines()
    assert len([line for line in lines if line.startswith("failed  unet-resnet18-00000003   [bold] out of")]) == 1
    assert "[x] said" in lines
    assert not [line for line in lines if line.startswith("unet-resnet18-00000000")]  # shown in the table only


def test_the_table_is_drawn_at_most_once_a_second(view: SweepView) -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=100, height=20, color_system=None)
    table = LiveTable(console)
    table.start(view)
    file = console.file
    assert isinstance(file, io.StringIO)
    before = file.getvalue()
    for _ in range(100):
        table.update(view)
    assert file.getvalue() == before
    table.stop()


@contextmanager
def terminal() -> Iterator[int]:
    """Make standard output a real pseudo-terminal, and give its other end."""
    master, slave = os.openpty()
    with os.fdopen(slave, "w") as file, redirect_stdout(file):
        yield master
    os.close(master)


def read(master: int) -> str:
    text, deadline = b"", time.monotonic() + 10
    while time.monotonic() < deadline and select.select([master], [], [], 0.2)[0]:
        text += os.read(master, 65536)
    return text.decode()


def test_on_a_terminal_log_lines_go_above_the_table_and_their_handler_is_given_back(
    view: SweepView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    with terminal() as other_end:
        stdout, handler = sys.stdout, logging.StreamHandler(sys.stdout)
        logging.getLogger().addHandler(handler)
        try:
            watcher = open_watcher("auto")
            assert isinstance(watcher, LiveTable)
            watcher.start(view)
            logging.getLogger().warning("a line of the log")
            watcher.stop()
        finally:
            logging.getLogger().removeHandler(handler)
        assert handler.stream is stdout
        assert sys.stdout is stdout
        shown = read(other_end)
    above = shown.index("a line of the log")
    assert "8 runs: 1 running" in shown[:above]
    assert "8 runs: 1 running" in shown[above:]  # drawn again below the line
    assert shown.rfind("\x1b[?25h") > shown.rfind("\x1b[?25l")  # the cursor is back


@pytest.mark.parametrize(("term", "progress"), [("xterm", "lines"), ("xterm", "none"), ("dumb", "auto")])
def test_whoever_wants_lines_or_has_a_terminal_that_cannot_redraw_gets_lines(
    term: str, progress: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    with terminal():
        assert isinstance(open_watcher(progress), PlainLines)
