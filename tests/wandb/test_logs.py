"""Runs that W&B logged offline, read from its logs on disk."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import wandb

from segsweep.report.compare import Question, compare_sources
from segsweep.report.read.sources import Sources, gather
from segsweep.report.render.learning import learning_curves
from tests.command import run
from tests.report.making import grid, make_run
from tests.wandb.double import WandbDouble
from tests.wandb.logged import PROJECT, add_foreign, log_runs

pytestmark = pytest.mark.slow

IMAGES = np.linspace(0.6, 0.9, 10)


def log_offline(place: Path, name: str, dice: float, *, ends: bool = True) -> None:
    """Log a run as a stranger's script does it."""
    settings = wandb.Settings(console="off", x_disable_machine_info=True, disable_git=True)
    run = wandb.init(
        project="bones", name=name, id=f"id{name}", mode="offline", dir=str(place), reinit="create_new",
        config={"arch": name, "lr": 0.1}, settings=settings,
    )  # fmt: skip
    for epoch in (1, 2):
        run.log({"epoch": epoch, "val_dice": dice * epoch / 2})
    run.summary["test_dice"] = dice
    if ends:
        run.finish()


@pytest.fixture
def place(signed_out: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WANDB_ERROR_REPORTING", "false")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_logs_of_another_tool_are_compared(place: Path) -> None:
    for name, dice in (("unet", 0.8), ("fpn", 0.6)):
        log_offline(place, name, dice)
    ended = run(str(place / "wandb"), entry_point="report")
    assert (ended.code, ended.err) == (0, "")
    assert "unet/- has the highest" in ended.out
    comparison = compare_sources(Sources((str(place),)), Question()).comparisons[0]  # the folder with W&B's in it
    assert [row.configuration.label for row in comparison.rows] == ["unet/-", "fpn/-"]
    assert learning_curves(comparison)["val/dice"][0].mean == (0.4, 0.8)
    assert "model.arch=arch" in comparison.notes[-1]


def test_a_run_without_its_record_is_told_by_its_log_and_counted_once(place: Path, wandb_server: WandbDouble) -> None:
    runs = place / "runs"
    for config in grid(model=["unet", "fpn"]):
        make_run(runs, config, IMAGES)
    log_runs(runs, mode="offline")
    before = {run.name: run.record.metrics for run in gather(Sources()).runs}
    lost = next(runs.glob("unet-*"))
    (lost / "record.json").unlink()
    (lost / "train.log").write_text("")
    found = gather(Sources())
    assert ({run.name: run.record.metrics for run in found.runs}, found.unreadable) == (before, [])
    copy = next(run for run in found.runs if run.name == lost.name)
    assert (copy.folder / "per_image.csv").read_text() == (lost / "per_image.csv").read_text()
    add_foreign(wandb_server, "another", {"arch": "pan"}, {"test_dice": 0.5})
    wandb_server.runs[lost.name] = wandb_server.runs["id-another"]  # as after `wandb sync`
    assert len(gather(Sources(("runs", PROJECT))).runs) == 3


def test_a_log_that_was_cut_or_is_still_written_is_no_result(place: Path) -> None:
    log_offline(place, "unet", 0.8)
    (log,) = (place / "wandb").glob("offline-run-*/run-*.wandb")
    cut = place / "wandb" / "offline-run-1-cut"
    cut.mkdir()
    (cut / "run-cut.wandb").write_bytes(b"nothing of the kind")
    shutil.copytree(log.parent, place / "wandb" / "offline-run-2-half")
    half = place / "wandb" / "offline-run-2-half" / "run-half.wandb"
    (half.parent / log.name).rename(half)
    half.write_bytes(log.read_bytes()[:-40])
    found = gather(Sources((str(place / "wandb"),)))
    assert [run.record.name for run in found.runs] == ["unet"]
    assert {item.status for item in found.unreadable} <= {"damaged", "unfinished"}
    assert "offline-run-1-cut" in {item.folder.name for item in found.unreadable}
