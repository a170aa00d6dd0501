"""Runs are read whatever state they are in; none stops the others."""

import json
from pathlib import Path

import pytest

from segsweep.core.errors import ReportError
from segsweep.report.read.collect import collect
from segsweep.report.read.where import choose_runs
from segsweep.runs.folder import working_in
from tests.report.making import grid, make_run


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    for config in grid(model=["unet", "fpn"], seed=range(2), resolution__height=[256], optimizer__lr=[0.001]):
        make_run(tmp_path, config, [0.8, 0.9])
    return tmp_path


def test_damaged_half_written_and_unfinished_runs_are_listed_with_their_reason(runs: Path) -> None:
    whole = next(runs.glob("unet-*/record.json")).read_text()
    damage = {
        "cut": whole[: len(whole) // 2],
        "list": "[]",
        "bytes": "\udcff",
        "no-config": json.dumps({"name": "x", "status": "complete", "metrics": {}, "config": {}}),
        "words": whole.replace('"val/loss": 0', '"val/loss": "low", "x": 0'),
        "status": whole.replace('"complete"', '"done"'),
        "flat": whole.replace('"environment": {', '"environment": 3, "was": {'),
    }
    for name, text in damage.items():
        (runs / name).mkdir()
        (runs / name / "record.json").write_text(text, errors="surrogateescape")
    (runs / "began" / ".hydra").mkdir(parents=True)
    (runs / "no-run").mkdir()
    (runs / "sweeps" / "grid").mkdir(parents=True)
    with working_in(runs / "at-work"):
        (runs / "at-work" / "history.csv").write_text("epoch\n1\n")
        found, unreadable = collect(runs)
    assert len(found) == 4
    reasons = {item.folder.name: (item.status, item.reason) for item in unreadable}
    assert {name for name, (status, _) in reasons.items() if status == "damaged"} == set(damage)
    assert reasons["no-config"][1] == "record.json is damaged (no model); the same command mends it"
    assert "val/loss is not a number" in reasons["words"][1]
    assert reasons["began"] == ("unfinished", "it has not ended: no record; the same command goes on with it")
    assert reasons["at-work"] == ("unfinished", "it is being trained now")
    assert set(reasons) == {*damage, "began", "at-work"}


def test_runs_of_one_configuration_share_a_key_whatever_their_seed_fold_and_place(tmp_path: Path) -> None:
    first, fold, place, other = grid(data__fold=[0, 1], seed=[0, 1])
    place = {**place, "paths": {"runs": "elsewhere", "cache": "there"}, "seed": 5}
    other = {**other, "trainer": {**other["trainer"], "max_epochs": 3}}
    for config in (first, fold, place, other):
        make_run(tmp_path, config, [0.5, 0.6])
    found, _ = collect(tmp_path)
    keys = {(run.replicate, run.record.config["trainer"]["max_epochs"]): run.key for run in found}
    assert len(keys) == 4
    assert len(set(keys.values())) == 2


def test_runs_with_another_content_of_a_plugin_are_no_replicates_and_the_plugin_need_not_be_here(
    tmp_path: Path,
) -> None:
    for config, digest in zip(grid(seed=[0, 1, 2]), ("aa", "aa", "bb"), strict=True):
        named = {**config, "plugins": ["no_such_lab.losses"]}
        make_run(
            tmp_path, named, [0.5, 0.6], name=f"run{config['seed']}", environment={"plugins": {"no_such_lab": digest}}
        )
    found, unreadable = collect(tmp_path)
    assert unreadable == []
    assert [run.key == found[0].key for run in found] == [True, True, False]
    assert found[2].settings["plugins.no_such_lab"] == "bb"


@pytest.mark.parametrize(
    ("condition", "number"),
    [
        ("model=unet", 2),
        ("model.arch != unet", 2),
        ("model=unet,fpn", 4),
        ("resolution=256x256", 4),
        ("optimizer.lr<=0.001", 4),
        ("optimizer.lr=0.001", 4),
        ("seed>0", 2),
        ("status=complete", 4),
        ("encoder.weights=null", 4),
        ("model.decoder_merge_policy=add", 2),
        ("model.decoder_merge_policy!=add", 2),
    ],
)
def test_conditions_choose_runs(runs: Path, condition: str, number: int) -> None:
    assert len(choose_runs(collect(runs)[0], [condition])) == number


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ("model", "--where 'model' is not KEY=VALUE. Type for instance --where data.name=camvid"),
        ("model=", "is not KEY=VALUE"),
        ("modle=unet", "modle is not a setting of these runs. Nearest: model"),
        ("optimizer.rl=1", "Nearest: optimizer.lr"),
        ("model=resnet", "leaves no run. Values of model here: fpn, unet"),
        ("model<unet", "compares by size, and 'unet' is not a number. Type KEY=VALUE instead."),
    ],
)
def test_a_condition_that_says_nothing_is_answered_with_what_does(runs: Path, condition: str, sentence: str) -> None:
    with pytest.raises(ReportError) as refusal:
        choose_runs(collect(runs)[0], [condition])
    assert sentence in str(refusal.value)


def test_a_folder_that_is_none_and_one_without_runs_are_said(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="is not a folder"):
        collect(tmp_path / "nowhere")
    with pytest.raises(ReportError, match="holds no runs"):
        collect(tmp_path)
