"""Runs on W&B that another tool wrote."""

import time
from pathlib import Path
from typing import Any

import pytest

from segsweep.core.errors import ReportError
from segsweep.report.compare import Question, compare_sources
from segsweep.report.read.axes import find_axes
from segsweep.report.read.sources import Sources, gather
from segsweep.report.render.learning import learning_curves
from segsweep.runs.folder import read_choices
from segsweep.wandb.naming import metric_of, tells_runs_apart
from tests.wandb.double import WandbDouble
from tests.wandb.logged import PROJECT, add_foreign


@pytest.fixture(name="double")
def _double(wandb_server: WandbDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WandbDouble:
    monkeypatch.chdir(tmp_path)
    return wandb_server


def add(double: WandbDouble, name: str, dice: float, **config: Any) -> None:
    """Add a run in the words of nobody in particular."""
    theirs = {"architecture": "Unet", "backbone": "resnet34", "dataset": "camvid", "img_size": 512, "run_dir": name}
    summary = {"testDice": dice, "valid_iou": dice - 0.1, "train_loss": 0.3, "epoch": 2}
    run = add_foreign(double, name, {**theirs, **config}, summary)
    run.history = [
        {"_step": step, "epoch": step, "valid_iou": dice * step / 2, "train_loss": 1 / step} for step in (1, 2)
    ]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("test/dice", "test/dice"),
        ("test/dice/Left Lung", "test/dice/Left Lung"),
        ("test/hd95", "test/hd95"),
        ("test/dice_score", "test/dice"),
        ("testDice", "test/dice"),
        ("test_mean_iou", "test/miou"),
        ("dice_test", "test/dice"),
        ("valid_iou", "val/miou"),
        ("eval/pixel_acc", "val/accuracy"),
        ("val_dice.max", "val/dice"),
        ("train_loss", "train/loss"),
        ("dsc", "val/dice"),
        ("loss", None),
        ("test_seconds", None),
        ("epoch", None),
    ],
)
def test_common_names_of_metrics_are_known(theirs: str, ours: str | None) -> None:
    assert metric_of(theirs) == ours


def test_what_tells_where_a_run_ran_is_no_setting_that_was_tried() -> None:
    assert [
        name for name in ("out_dir", "num_workers", "gpu_ids", "run.name", "_hidden") if tells_runs_apart(name)
    ] == []
    assert all(map(tells_runs_apart, ("weight_decay", "dropout", "warmup.steps", "depth", "stride")))


def test_they_are_compared_under_our_names(double: WandbDouble) -> None:
    for number in range(2):
        add(double, f"u{number}", 0.8 + 0.01 * number, weight_decay=0.1, criterion="dice")
        add(double, f"f{number}", 0.6 + 0.01 * number, weight_decay=0.1, criterion="focal")
    comparison = compare_sources(Sources((PROJECT,)), Question()).comparisons[0]
    best = comparison.rows[0]
    assert best.configuration.label == "Unet/resnet34, loss dice"
    assert best.scores["test/dice"].n == 2
    assert best.scores["test/dice"].mean == pytest.approx(0.805)
    assert best.scores["val/miou"].mean == pytest.approx(0.705)
    assert best.cost["device_hours"] == pytest.approx(2 * 60 / 3600)
    assert [axis.name for axis in comparison.axes] == ["loss"]
    assert learning_curves(comparison)["train/loss"][0].mean == (1.0, 0.5)
    note = comparison.notes[-1]
    for words in ("model.arch=architecture", "test/dice=testDice", "loss=criterion", "Not taken as settings: run_dir."):
        assert words in note
    assert "weight_decay" not in note
    assert comparison.title == "camvid: test, pixels counted at the stored size"


def test_a_size_is_read_however_it_is_written(double: WandbDouble) -> None:
    for number, size in enumerate(("512x256", [512, 256], 512)):
        add(double, f"r{number}", 0.5, img_size=size)
    sizes = [
        (run.settings["resolution.height"], run.settings["resolution.width"])
        for run in gather(Sources((PROJECT,))).runs
    ]
    assert sizes == [(512, 256), (512, 256), (512, 512)]


def test_runs_of_one_seed_are_one_and_runs_without_a_seed_are_replicates(double: WandbDouble) -> None:
    add(double, "a", 0.5, random_seed=7, fold="2")
    add(double, "b", 0.5)
    add(double, "c", 0.5)
    assert [run.replicate for run in gather(Sources((PROJECT,))).runs] == [(7, 2), (1, None), (2, None)]


def test_how_a_run_ended_is_known(double: WandbDouble) -> None:
    add(double, "a", 0.5)
    add(double, "b", 0.5)
    double.runs["id-b"].exit_code = 1
    found = {run.record.name: run.record for run in gather(Sources((PROJECT,))).runs}
    assert [(found[name].status, found[name].reason) for name in "ab"] == [
        ("complete", None), ("failed", "W&B says failed"),
    ]  # fmt: skip


def test_names_can_be_given(double: WandbDouble) -> None:
    add(double, "a", 0.5, variant="wide", run_dir=3)
    double.runs["id-a"].summary["final"] = 0.75
    pairs = ("test/dice=final,model=variant", "none=architecture", "width=run_dir")
    (run,) = gather(Sources((PROJECT,), names=pairs)).runs
    assert run.record.metrics["test/dice"] == 0.75
    assert run.settings["model.arch"] == "wide"
    assert run.settings["width"] == 3
    assert "architecture" not in run.settings
    (again,) = gather(Sources((PROJECT,))).runs  # the copy of other names is not taken for this one
    assert (again.record.metrics["test/dice"], again.settings["model.arch"]) == (0.5, "Unet")


@pytest.mark.parametrize(
    ("pair", "sentence"),
    [
        ("test/dice", "--map 'test/dice' is not OURS=THEIRS"),
        ("test/dice=testDise", r"--map test/dice=testDise: no run has testDise. Nearest: testDice"),
        ("model=arkitecture", r"--map model.arch=arkitecture: no run has arkitecture. Nearest: architecture"),
        ("test/dice=word", "--map test/dice=word: word is not a number in these runs"),
    ],
)
def test_a_wrong_name_is_answered(double: WandbDouble, pair: str, sentence: str) -> None:
    add(double, "a", 0.5)
    double.runs["id-a"].summary["word"] = "high"
    with pytest.raises(ReportError, match=sentence):
        gather(Sources((PROJECT,), names=(pair,)))


def test_what_a_name_holds_leads_to_no_other_folder(double: WandbDouble, tmp_path: Path) -> None:
    add(double, "../../../x/.y", 0.5)
    (run,) = gather(Sources((PROJECT,))).runs
    assert run.folder.resolve().parent == (tmp_path / "runs/wandb/somebody/cells").resolve()


@pytest.mark.slow
def test_a_thousand_runs_come_in_pages_and_from_their_copies_at_the_next_time(double: WandbDouble) -> None:
    for number in range(1000):
        add(double, f"run{number}", 0.5 + number / 10_000, lr=number % 20)
    began = time.monotonic()
    found = gather(Sources((PROJECT,)))
    assert double.pages == [100] * 10
    assert len({run.record.name for run in found.runs}) == len(found.runs) == 1000
    assert [run.record.metrics["test/dice"] for run in found.runs[:2]] == [0.5, 0.5001]
    first_s = time.monotonic() - began
    again = gather(Sources((PROJECT,)))
    assert [run.record for run in again.runs] == [run.record for run in found.runs]
    assert time.monotonic() - began < 2 * first_s


def test_the_name_of_a_loss_is_kept_as_that_of_a_file_would_be(double: WandbDouble) -> None:
    add(double, "a", 0.5, loss="tversky", augmentation="heavy")
    add(double, "b", 0.5, loss="dice", augmentation="light")
    runs = gather(Sources((PROJECT,))).runs
    assert read_choices(runs[0].folder) == {"loss": "tversky", "augmentation": "heavy"}
    (axis,), _, _ = find_axes(runs)
    assert (axis.name, axis.values) == ("loss & augmentation", ("dice, light", "tversky, heavy"))
