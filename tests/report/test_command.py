"""The command, as it is typed."""

from pathlib import Path

import numpy as np
import pytest

from tests.command import run
from tests.report.making import grid, make_run

pytestmark = pytest.mark.e2e

IMAGES = np.random.default_rng(0).normal(0, 0.03, 30)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for config in grid(model=["unet", "fpn"], encoder=["resnet18", "mit_b0"], seed=range(2)):
        level = {"unet": 0.9, "fpn": 0.7}[config["model"]["arch"]] + 0.002 * config["seed"]
        make_run(tmp_path / "runs", config, level + IMAGES)
    return tmp_path


def report(*words: str) -> tuple[int, str, str]:
    ended = run(*words, entry_point="report")
    return ended.code, ended.out, ended.err


def test_it_prints_the_answer_and_writes_the_files(here: Path) -> None:
    code, out, err = report("runs")
    assert (code, err) == (0, "")
    assert "is best (Dice 0." in out
    written = {"index.html", "report.md", "results.csv", "tables.tex"}
    assert written <= {file.name for file in (here / "runs" / "report").iterdir()}
    assert "\nWritten: runs/report/index.html, " in out
    assert out.rstrip().endswith(".png")
    again = report("runs")
    assert again[1] == out  # its own folder is no run, and the draws are the same


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--margin", "-0.01"), "--margin -0.01 is no difference. Type one that is too small to matter, such as 0.01."),
        (("--margin", "inf"), "--margin inf is no difference"),
        (("--image-group", "("), "--image-group '(' is no regular expression (missing ), unterminated subpattern"),
    ],
)
def test_a_margin_and_a_group_that_are_none_are_refused(here: Path, words: tuple[str, ...], sentence: str) -> None:
    code, _, err = report(*words)
    assert code == 2
    assert sentence in err


def test_margin_selection_and_groups_are_said_in_the_head_line(here: Path) -> None:
    code, out, _ = report("--margin", "0.05", "--select", "test", "--image-group", "^000(.)")
    assert code == 0
    assert "; 3 groups of images; equal: shown to lie within 0.05 Dice; ranked by Dice\n" in out
    assert "3 groups of images are too few" in out
    _, out, _ = report("--image-group", "^x")
    assert "--image-group ^x finds no two images of one group: each counts as its own" in out


def test_runs_metric_table_and_place_can_be_chosen(here: Path) -> None:
    code, out, _ = report(
        "--metric", "test/miou", "--show", "miou,val/dice", "--where", "seed=0", "--rows", "model",
        "--columns", "encoder", "--best", "1", "--out", "elsewhere",
    )  # fmt: skip
    assert code == 0
    assert "4 runs of 4 configurations" in out
    assert "... and 3 more" in out
    assert "IoU by model (rows) and encoder (columns)" in out
    assert "val Dice" in out
    assert "precision" not in out
    assert (here / "elsewhere" / "report.md").exists()
    assert not (here / "runs" / "report").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("nowhere",), "nowhere is not a folder"),
        (("--best", "0"), "--best 0 shows nothing. Type a number from 1."),
        (("--metric", "test/dise"), "Nearest: test/dice"),
        (("--where", "model"), "is not KEY=VALUE"),
        (("diff", "unet-resnet18-00000000", "fpn"), "is neither a folder nor a run in runs"),
    ],
)
def test_a_mistake_is_answered_in_a_sentence(here: Path, words: tuple[str, ...], sentence: str) -> None:
    code, out, err = report(*words)
    assert (code, out) == (2, "")
    assert sentence in err
    assert "Traceback" not in err


def test_a_place_that_cannot_be_written_is_said_before_anything_is_written(here: Path) -> None:
    (here / "file").write_text("")
    code, _, err = report("--out", "file/below")
    assert code == 2
    assert "Nothing can be written to file/below" in err


def names(here: Path, arch: str) -> list[str]:
    return sorted(folder.name for folder in (here / "runs").glob(f"{arch}-resnet18-*"))


def test_two_runs_beside_each_other(here: Path) -> None:
    better, worse = names(here, "unet")[0], names(here, "fpn")[0]
    for name, loss in ((better, 0.1), (worse, 0.4)):
        (here / "runs" / name / "history.csv").write_text(f"epoch,train/loss,val/dice\n1,0.9,0.5\n2,{loss},0.7\n")
    code, out, err = report("diff", better, f"runs/{worse}")
    assert (code, err) == (0, "")
    assert f"A  {better}  complete\nB  {worse}  complete" in out
    found = [line.split() for line in out.splitlines()]
    assert ["model.arch", "unet", "fpn"] in found
    assert ["train/loss", "0.1", "0.4"] in found
    assert "the same place" in out
    assert any(line[:3] == ["Dice", "of", "cell"] for line in found)
    assert "A differs from B on these images, to its advantage in Dice (+0.2" in out
    assert "Whether another seed would show the same is not known from one run each." in out


def test_two_runs_of_other_data_are_not_compared(here: Path) -> None:
    config = next(iter(grid(model=["pan"])))
    other = make_run(here / "runs", config, 0.8 + IMAGES, data={"fingerprint": "other"})
    code, _, err = report("diff", names(here, "unet")[0], other.name)
    assert code == 2
    assert "cannot be compared: the data differ" in err
    (other / "record.json").unlink()
    code, _, err = report("diff", other.name, names(here, "unet")[0])
    assert code == 2
    assert "has no record that can be read" in err


def test_a_run_that_failed_is_shown_without_scores(here: Path) -> None:
    failed = make_run(here / "runs", next(iter(grid(model=["pan"]))), [], status="failed", reason="out of memory")
    _, out, _ = report("diff", names(here, "unet")[0], failed.name)
    assert "At least one of them is not complete" in out
