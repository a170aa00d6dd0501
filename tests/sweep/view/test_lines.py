from dataclasses import replace
from pathlib import Path

import pytest

from segsweep.sweep.view.lines import ended_line
from segsweep.sweep.view.model import RunView
from segsweep.sweep.view.watch import PlainLines, open_watcher
from tests.sweep.view.making import example


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "runs"


def test_a_line_says_what_came_out_of_a_run_or_why_it_failed_and_where_to_read_on(here: Path) -> None:
    view = example(here).view()
    assert [ended_line(run, view) for run in view.runs[:5]] == [
        "unet-resnet18-00000000   val/miou 0.6000   10 min 0 s   3.1 GiB   "
        "model=unet encoder=resnet18 optimizer.lr=0.001",
        "fpn-resnet18-00000001   val/miou 0.7000   20 min 0 s   3.1 GiB   model=fpn encoder=resnet18 optimizer.lr=0.01",
        "pruned  fpn-resnet18-00000002   after epoch 1/10   val/miou 0.1000   1 min 0 s   3.1 GiB   "
        "model=fpn encoder=resnet18 optimizer.lr=0.09",
        "failed  unet-resnet18-00000003   [bold] out of memory; see runs/unet-resnet18-00000003/train.log   "
        "model=unet encoder=resnet18 optimizer.lr=0.1",
        "incompatible  deeplabv3plus-resnet18-00000004   deeplabv3plus refuses it   "
        "model=deeplabv3plus encoder=resnet18",
    ]


def test_numbers_of_many_digits_are_shortened() -> None:
    long = ("optimizer.lr=0.00034412345", "encoder=timm-tf_efficientnet_lite4", "+a.b=1", "~c", "seed=12345678")
    assert RunView(0, "waiting", long).sets == (
        "optimizer.lr=0.0003441 encoder=timm-tf_efficientnet_lite4 a.b=1 ~c seed=12345678"
    )


def test_plain_lines_tell_the_start_each_end_and_now_and_then_how_far_it_is(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    view = example(here).view()
    for every_s, with_progress, expected in ((60.0, True, 0), (0.0, True, 2), (0.0, False, 0)):
        lines = PlainLines(with_progress=with_progress, every_s=every_s)
        lines.start(view)
        lines.update(view)
        lines.update(view)
        lines.ended(view.runs[1])
        lines.message("something else")
        lines.stop()
        start, *progress, end, message = capsys.readouterr().out.splitlines()
        assert start.startswith("sweep tune-1a2b3c4d   8 runs: 1 running, 2 complete, 1 pruned, 1 failed")
        assert [line.partition("   best ")[2] for line in progress] == [
            "val/miou 0.7000   model=fpn encoder=resnet18 optimizer.lr=0.01"
        ] * expected
        assert end.startswith("fpn-resnet18-00000001   val/miou 0.7000")
        assert message == "something else"


@pytest.mark.parametrize("progress", ["auto", "bar", "lines", "none"])
def test_where_nobody_watches_a_terminal_there_are_plain_lines(progress: str) -> None:
    assert isinstance(open_watcher(progress), PlainLines)


def test_a_failure_without_a_log_names_none(here: Path) -> None:
    made = example(here)
    run = made.view().runs[3]
    assert run.folder is not None
    (run.folder / "train.log").unlink()
    assert ended_line(replace(run, reason=None), made.view()) == (
        "failed  unet-resnet18-00000003   no reason is known   model=unet encoder=resnet18 optimizer.lr=0.1"
    )
