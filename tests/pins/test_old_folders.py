"""Folders that the first version left are read, gone on with and compared by every later one.

`runs_v1` holds a grid with two runs, of which one was typed as a single run before, a search with two runs, and a run
that was interrupted while it wrote its second epoch (its memory.json was added with the code of that version). Only
that one has a checkpoint. Absolute paths begin with /old.
"""

import csv
import json
import shlex
import shutil
from pathlib import Path

import pytest
import torch

from segsweep.runs.record import read_record
from tests.command import Ended, run
from tests.pins.test_record import names_in

pytestmark = pytest.mark.e2e

COMPLETE = "unet-tu-test_byobnet-19c3aa22"
INTERRUPTED = "unet-tu-test_byobnet-e3080bf6"
GRID, SEARCH = "pins-51c0e99f", "search-7eb32eee"
MIOU = {
    "unet-tu-test_byobnet-c15ccd09": 0.21884062732507395,
    "unet-tu-test_byobnet-94128acf": 0.1701415050853679,
    "unet-tu-test_byobnet-54a6dc86": 0.14779110270071272,
    COMPLETE: 0.13702270606915637,
}
"""The runs that ended, the best first."""


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The old folder of runs, in the folder where the commands are typed."""
    monkeypatch.chdir(tmp_path)
    runs = Path(shutil.copytree(Path(__file__).parent / "runs_v1", tmp_path / "runs"))
    for file in runs.glob("sweeps/*/sweep.json"):
        file.write_text(file.read_text().replace("/old/home/runs", str(runs)))
    _move_checkpoint(runs / INTERRUPTED / "checkpoints")
    return runs


def _move_checkpoint(folder: Path) -> None:
    """Write another folder into an old checkpoint; Lightning would warn. The first epoch was the best of one."""
    content = torch.load(folder / "last.ckpt", weights_only=True)
    for state in content["callbacks"].values():
        if "dirpath" in state:
            old = state["dirpath"]
            state |= {key: value.replace(old, str(folder)) for key, value in state.items() if isinstance(value, str)}
            state["best_k_models"] = {key.replace(old, str(folder)): v for key, v in state["best_k_models"].items()}
    torch.save(content, folder / "last.ckpt")
    shutil.copy(folder / "last.ckpt", folder / "best.ckpt")


def typed_in(runs: Path, name: str) -> list[str]:
    """Return the words of the command that made a run or a sweep."""
    sweep = runs / "sweeps" / name / "sweep.json"
    if sweep.exists():
        return shlex.split(json.loads(sweep.read_text())["command"])[3:]
    lines = (runs / name / ".hydra" / "overrides.yaml").read_text().splitlines()
    return [line.removeprefix("- ").strip("'") for line in lines]


def done(ended: Ended) -> str:
    assert ended.code == 0, ended.err + ended.out
    return ended.out


def test_their_records_are_read(runs: Path) -> None:
    records = {name: read_record(runs / name) for name in (*MIOU, INTERRUPTED)}
    assert {name: record.status for name, record in records.items() if record} == {
        **dict.fromkeys(MIOU, "complete"),
        INTERRUPTED: "interrupted",
    }
    assert {name: record.metrics["val/miou"] for name, record in records.items() if record and name in MIOU} == MIOU


def test_the_report_ranks_them(runs: Path) -> None:
    out = done(run(entry_point="report"))
    assert "4 runs of 4 configurations" in out
    assert f"{INTERRUPTED}: interrupted, stopped by signal 2" in out
    with (runs / "report" / "results.csv").open() as file:
        rows = list(csv.DictReader(file))
    ranked = {row["run"]: (row["rank"], float(row["val/miou"])) for row in rows if row["rank"]}
    assert ranked == {name: (str(index + 1), value) for index, (name, value) in enumerate(MIOU.items())}


def test_inspect_describes_them(runs: Path) -> None:
    described = done(run("run", COMPLETE, entry_point="inspect"))
    for part in (
        "complete",
        "unet / tu-test_byobnet",
        "val/miou 0.1370",
        "circle         0.0251",
        "437.1 in evaluation",
    ):
        assert part in described
    assert "stopped by signal 2" in done(run("run", INTERRUPTED, entry_point="inspect"))


def test_inspect_lists_their_sweeps(runs: Path) -> None:
    listed = done(run("sweep", entry_point="inspect"))
    assert "2 complete, 2 incompatible  val/miou 0.2188   optimizer.lr=0.01 loss=ce_dice" in listed
    assert "val/miou 0.1701   optimizer.lr=0.003538" in listed
    grid = done(run("sweep", "pins", entry_point="inspect"))
    assert "1  0.001  mcc             -  -       -     incompatible" in grid
    assert "loss.mcc is for binary and multilabel tasks" in grid


@pytest.mark.parametrize("name", [COMPLETE, GRID, SEARCH])
def test_the_command_again_finds_them_complete_and_trains_nothing(runs: Path, name: str) -> None:
    before = {file: file.read_bytes() for file in runs.glob("*/record.json")}
    out = done(run(*typed_in(runs, name)))
    assert "2 complete" in out if name in (GRID, SEARCH) else f"complete   {name}" in out
    assert "img/s" not in out
    assert {file: file.read_bytes() for file in runs.glob("*/record.json")} == before
    assert len(list((runs / "sweeps").iterdir())) == 2


def test_a_search_goes_on_with_one_trial_more(runs: Path) -> None:
    out = done(run(*typed_in(runs, SEARCH), "hydra.sweeper.n_trials=3", "hydra/launcher=basic"))
    assert f"sweep {SEARCH}   3 runs: 2 complete, 1 waiting" in out
    assert "3 runs: 3 complete" in out
    assert len(list(runs.glob("unet-*"))) == 6


def test_an_interrupted_run_goes_on_from_its_old_checkpoint_with_the_batch_that_fitted(runs: Path) -> None:
    folder = runs / INTERRUPTED
    checkpoint = folder / "checkpoints" / "last.ckpt"
    old, first_row = names_in(checkpoint), (folder / "history.csv").read_text().splitlines()[1]
    out = done(run(*typed_in(runs, INTERRUPTED), "trainer.ema_warmup=false"))  # the average of that version had none
    assert "going on from" in out
    assert "epoch 2/8" in out
    assert "epoch 1/8" not in out
    record = read_record(folder)
    assert record is not None
    assert record.status == "complete"
    assert record.training.micro_batch_size == 2
    assert record.training.out_of_memory[0]["cause"] == "DefaultCPUAllocator: can't allocate memory"
    history = (folder / "history.csv").read_text().splitlines()
    assert history[1] == first_row
    assert [row.split(",")[0] for row in history[1:]] == ["1", "2", "3", "4", "5", "6", "7", "8"]
    assert names_in(checkpoint) == old
    assert torch.load(checkpoint, map_location="cpu", weights_only=True)["global_step"] == 8 * 16
