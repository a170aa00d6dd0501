"""What the logger of a run sent to W&B's double and the report read back is what the folders say."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import wandb

from segsweep.core.errors import ReportError
from segsweep.core.files import write_csv
from segsweep.report.compare import Question, compare_sources
from segsweep.report.read.comparison import Report
from segsweep.report.read.sources import Sources, gather
from segsweep.report.render.markdown import markdown_report
from segsweep.wandb.project import RunFilter
from tests.command import run
from tests.report.making import grid, make_run
from tests.wandb.double import SentRun, WandbDouble, wandb_double
from tests.wandb.logged import PROJECT, add_foreign, log_runs

IMAGES = np.random.default_rng(0).normal(0, 0.03, 30)


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, SentRun]]:
    """Four runs of two configurations, and one that failed, in folders; and what W&B was sent of them."""
    folder = tmp_path_factory.mktemp("logged") / "runs"
    draws = np.random.default_rng(1)
    for config in grid(model=["unet", "fpn"], seed=range(2)):
        level = {"unet": 0.9, "fpn": 0.6}[config["model"]["arch"]]
        made = make_run(folder, config, level + IMAGES + draws.normal(0, 0.004))
        write_csv(made / "history.csv", [{"epoch": epoch, "val/dice": level * epoch / 3} for epoch in (1, 2, 3)])
    make_run(folder, next(grid(model=["pan"])), [], status="failed", reason="out of memory")
    with wandb_double() as double, pytest.MonkeyPatch.context() as patch:
        for name, value in double.environment.items():
            patch.setenv(name, value)
        log_runs(folder)
        wandb.teardown()
        return folder, double.runs


@pytest.fixture
def runs(
    logged: tuple[Path, dict[str, SentRun]],
    wandb_server: WandbDouble,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Path:
    folder, sent = logged
    shutil.copytree(folder, tmp_path / "runs", symlinks=True)
    wandb_server.runs.update(
        (name, replace(one, attributes=dict(one.attributes), files=dict(one.files))) for name, one in sent.items()
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path / "runs"


def compared(*words: str) -> Report:
    return compare_sources(Sources(words), Question(rows=("model",)))


def text(report: Report) -> str:
    return markdown_report(report)


def test_the_report_of_wandb_is_the_report_of_the_folders(runs: Path) -> None:
    here, there = compared(str(runs)), compared(PROJECT)
    assert text(there) == text(here)
    assert there.comparisons[0].pairs == here.comparisons[0].pairs  # from the scores of the same images
    copies = Path("runs/wandb/somebody/cells")
    for name in ("record.json", "per_image.csv", "history.csv"):
        first = sorted(path for path in runs.glob(f"unet-*/{name}"))[0]
        copy = copies / first.relative_to(runs)
        if name == "record.json":
            assert json.loads(copy.read_text())["environment"].keys() == {
                "device", "device_kind", "num_devices", "packages",
            }  # fmt: skip
        else:
            assert copy.read_text() == first.read_text()


def test_a_folder_and_its_own_wandb_runs_are_counted_once(runs: Path) -> None:
    assert text(compared(str(runs), PROJECT)) == text(compared(str(runs)))
    assert not Path("runs/wandb").exists()  # nothing had to be brought
    lost = next(runs.glob("unet-*"))
    (lost / "record.json").unlink()
    shutil.rmtree(lost / "wandb")
    (lost / "train.log").write_text("")
    assert [item.folder for item in gather(Sources((str(runs),))).unreadable] == [lost]
    found = gather(Sources((str(runs), PROJECT)))
    assert (len(found.runs), found.unreadable) == (5, [])
    assert {one.name for one in found.runs} == {folder.name for folder in runs.iterdir() if "-" in folder.name}


def test_a_run_whose_folder_was_renamed_is_still_the_same_run(runs: Path) -> None:
    folder = next(runs.glob("unet-*"))
    folder.rename(runs / "kept-for-the-paper")
    assert len(gather(Sources((str(runs), PROJECT))).runs) == 5


def test_runs_are_not_brought_twice_but_again_when_they_have_changed(runs: Path, wandb_server: WandbDouble) -> None:
    gather(Sources((PROJECT,)))
    name = next(runs.glob("unet-*")).name
    sent = wandb_server.runs[name].files
    sent["record.json"] = sent["record.json"].replace(b'"precision": "32"', b'"precision": "16"')
    precision = {one.name: one.record.training.precision for one in gather(Sources((PROJECT,))).runs}
    assert precision[name] == "32"
    wandb_server.runs[name].attributes["heartbeatAt"] = "2026-05-05T00:00:00Z"
    precision = {one.name: one.record.training.precision for one in gather(Sources((PROJECT,))).runs}
    assert precision[name] == "16"


def test_runs_can_be_chosen_by_group_tag_and_filter(runs: Path, wandb_server: WandbDouble) -> None:
    other = min(runs.glob("fpn-*")).name
    wandb_server.runs[other].attributes["groupName"] = "others"
    wandb_server.runs[other].tags = ["second"]
    first = [each for each in wandb_server.runs.values() if "first" in each.tags]
    for chosen, number in (
        (RunFilter(group="sizes"), 4),
        (RunFilter(group="others", tags=("second", "third")), 1),
        (
            RunFilter(tags=("first",), filter='{"config.seed.value": 0}'),
            sum(each.config["seed"]["value"] == 0 for each in first),
        ),
    ):
        found = gather(Sources((PROJECT,), chosen))
        assert len(found.runs) == number, chosen
    with pytest.raises(ReportError, match="somebody/cells holds no runs with --group sises"):
        gather(Sources((PROJECT,), RunFilter(group="sises")))


def test_a_run_that_goes_on_is_listed_and_a_comparison_is_no_run(runs: Path, wandb_server: WandbDouble) -> None:
    name = next(runs.glob("unet-*")).name
    wandb_server.runs[name].exit_code = None
    add_foreign(wandb_server, "of yesterday", {}, {}, jobType="comparison")
    found = gather(Sources((PROJECT,)))
    assert [(item.folder.name, item.status, item.reason) for item in found.unreadable] == [
        (name, "unfinished", "W&B says running")
    ]
    assert len(found.runs) == 4


def test_the_command_says_of_wandb_what_it_says_of_the_folders(runs: Path) -> None:
    here, there = run("runs", entry_point="report"), run(PROJECT, "--group", "sizes", entry_point="report")
    assert (there.code, there.err) == (0, "")
    assert there.out.rpartition("\n\n")[0] == here.out.rpartition("\n\n")[0]
    assert "Written: runs/wandb/somebody/cells/report/index.html" in there.out
    assert Path("runs/wandb/somebody/cells/report/index.html").is_file()


def test_names_for_runs_of_another_tool_are_no_use_here(runs: Path) -> None:
    with pytest.raises(ReportError, match=r"--map model\.arch=architecture names settings of runs that another tool"):
        gather(Sources((PROJECT,), names=("model=architecture",)))


def test_the_same_run_in_two_folders_is_counted_once(runs: Path) -> None:
    shutil.copytree(runs, "copied", symlinks=True)
    assert text(compared(str(runs), "copied")) == text(compared(str(runs)))
