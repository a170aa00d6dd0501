"""Numbers that mean different things never share a table; what may explain a difference is marked."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from segsweep.report.compare import Question
from segsweep.report.read.comparison import Report
from segsweep.report.render.tables import ranking_table
from tests.report.making import compare_runs, grid, make_run

SCORES = np.linspace(0.7, 0.9, 12)


def report(runs: Path, metric: str = "test/dice") -> Report:
    return compare_runs(runs, Question(metric))


@pytest.mark.parametrize(
    ("parts", "changes"),
    [
        ({"data": {"fingerprint": "other"}}, {}),
        ({"data": {"class_names": ["background", "nucleus"]}}, {}),
        ({"training": {"tested_split": "val"}}, {}),
        ({}, {"resolution__count_at": ["input"]}),
    ],
)
def test_other_data_split_classes_and_counting_have_a_table_of_their_own(
    tmp_path: Path, parts: dict[str, Any], changes: dict[str, Any]
) -> None:
    for config in grid(model=["unet", "fpn"], seed=range(2)):
        make_run(tmp_path, config, SCORES)
    for config in grid(model=["pan"], seed=range(3), **changes):
        make_run(tmp_path, config, SCORES + 0.05, **parts)
    found = report(tmp_path)
    assert [comparison.num_runs for comparison in found.comparisons] == [4, 3]
    assert found.comparisons[0].answer.startswith(("unet", "fpn"))
    assert "would mean something else: 3 runs of shapes" in found.comparisons[0].notes[-1]


def test_the_size_of_the_network_matters_only_where_masks_are_brought_to_it(tmp_path: Path) -> None:
    for config in grid(resolution=["256x256", "512x512"], resolution__count_at=["original"]):
        make_run(tmp_path / "original", config, SCORES)
    for config in grid(resolution=["256x256", "512x512"], resolution__count_at=["input"]):
        make_run(tmp_path / "input", config, SCORES)
    assert len(report(tmp_path / "original").comparisons) == 1
    titles = {comparison.title for comparison in report(tmp_path / "input").comparisons}
    assert titles == {f"shapes: test, 12 images, pixels counted at {size}" for size in ("256x256", "512x512")}


def test_losses_share_a_table_only_where_they_are_the_same(tmp_path: Path) -> None:
    for config in grid(loss=["dice", "bce_dice"]):
        make_run(tmp_path, config, SCORES)
    assert len(report(tmp_path).comparisons) == 1
    assert len(report(tmp_path, "val/loss").comparisons) == 2


def test_folds_are_replicates_although_each_has_a_fingerprint_of_its_own(tmp_path: Path) -> None:
    for number, config in enumerate(grid(model=["unet"], data__fold=range(3))):
        data = {"fingerprint": str(number), "num_images": {"train": 50 + number, "val": 30 - number, "test": 12}}
        make_run(tmp_path, config, SCORES, data=data)
    (row,) = report(tmp_path).comparisons[0].rows
    assert row.scores["test/dice"].n == 3


def test_what_may_explain_a_difference_is_marked_and_said(tmp_path: Path) -> None:
    for config in grid(model=["unet", "fpn", "pan"]):
        odd = config["model"]["arch"] == "pan"
        make_run(
            tmp_path,
            {**config, "trainer": {**config["trainer"], "max_epochs": 5 if odd else 50}},
            SCORES,
            training={"precision": "bf16" if odd else "32", "images_per_epoch": 56 if odd else 64},
            environment={"git_commit": "abcdef0123" if odd else "1234567890", "device": "A100" if odd else "H200"},
        )
    (found,) = report(tmp_path).comparisons
    marks = {row.configuration.values["model"]: row.marks for row in found.rows}
    assert marks["pan"] == ("commit abcdef01", "budget 5 epochs, 280 images seen", "precision bf16", "device 1 x A100")
    assert marks["unet"] == marks["fpn"] == ()
    assert "Not all runs have the same precision: 32 in 2 runs, bf16 in 1 run" in found.notes


def test_images_and_groups_in_two_splits_are_said_beside_the_answer(tmp_path: Path) -> None:
    for config in grid(model=["unet", "fpn"]):
        make_run(
            tmp_path,
            config,
            SCORES,
            data={"shared_between_splits": {"train-test": 3}, "groups_between_splits": {"train-val": 1}},
        )
    (found,) = report(tmp_path).comparisons
    assert found.cautions == (
        "3 images of test are in train too: scores on test are better than on new images.",
        "1 group of val is in train too: scores on val are better than on new images.",
    )


def test_costs_that_were_measured_beside_other_runs_are_marked(tmp_path: Path) -> None:
    for config in grid(model=["unet", "fpn"]):
        make_run(tmp_path, config, SCORES, cost={"concurrent_runs": 3 if config["model"]["arch"] == "fpn" else 0})
    (found,) = report(tmp_path).comparisons
    table = ranking_table(found)
    speeds = {row[1]: row[table.header.index("train img/s")] for row in table.body}
    assert speeds == {"unet/resnet18": "100", "fpn/resnet18": "100*"}
    assert "*" not in "".join(row[table.header.index("GFLOPs")] for row in table.body)
    assert any("shared the machine: 1 of 2 runs, with up to 3 others." in note for note in found.notes)


def test_failed_pruned_and_repeated_runs_are_listed_and_never_averaged(tmp_path: Path) -> None:
    ran, failed, pruned, early = grid(model=["unet", "fpn"], seed=range(2))
    make_run(tmp_path, ran, SCORES)
    again = make_run(tmp_path / "again", ran, SCORES + 0.05)
    again.rename(tmp_path / f"{again.name}.2")
    (tmp_path / "again").rmdir()
    make_run(tmp_path, failed, [], status="failed", reason="out of memory", data={"fingerprint": None})
    make_run(tmp_path, pruned, [], status="pruned", reason="pruned after epoch 3")
    make_run(tmp_path, {**early, "data": {**early["data"], "name": "gone"}}, [], status="failed", reason="no folder")
    found = report(tmp_path)
    (comparison,) = found.comparisons
    assert [(row.configuration.label, row.scores["test/dice"].n) for row in comparison.rows] == [("unet/resnet18", 1)]
    assert comparison.rows[0].scores["test/dice"].mean == pytest.approx(0.85, abs=1e-4)  # the newer one
    reasons = {(item.status, item.reason) for item in comparison.excluded}
    assert reasons == {
        ("failed", "out of memory"),
        ("pruned", "pruned after epoch 3"),
        ("repeated", f"the same seed was run again later: {again.name}.2 counts"),
    }
    assert [(item.status, item.reason) for item in found.unplaced] == [("failed", "no folder")]
