"""Names, directions and titles of metrics, also of those that only a plugin knows."""

from pathlib import Path

import numpy as np
import pytest

from segsweep.core.files import write_json
from segsweep.report.compare import Question
from segsweep.report.read.metrics import direction_of, metric_title
from segsweep.runs.record import read_record
from tests.report.making import compare_runs, grid, make_run


@pytest.mark.parametrize(
    ("metric", "title", "direction"),
    [
        ("test/dice", "Dice", "max"),
        ("test/f1", "F1", "max"),
        ("test/miou", "IoU", "max"),
        ("test/iou/wall", "IoU of wall", "max"),
        ("val/image/dice", "val Dice per image", "max"),
        ("test/image/hd95/wall", "HD95 per image of wall", "min"),
        ("val/loss", "val loss", "min"),
        ("test/my_own/wall", "my own of wall", "max"),
    ],
)
def test_a_metric_has_a_title_and_a_direction_also_where_nobody_here_knows_it(
    metric: str, title: str, direction: str
) -> None:
    assert (metric_title(metric), direction_of(metric, [])) == (title, direction)


def test_a_metric_of_a_plugin_ranks_and_is_shown(tmp_path: Path) -> None:
    for config, own in zip(grid(model=["unet", "fpn"]), (0.2, 0.7), strict=True):
        folder = make_run(tmp_path, config, np.linspace(0.5, 0.6, 5))
        record = read_record(folder)
        assert record is not None
        write_json(folder / "record.json", {**record.content(), "metrics": {**record.metrics, "test/my_own": own}})
    best = compare_runs(tmp_path, Question("my_own")).comparisons[0]
    assert best.answer.startswith("fpn/resnet18 has the highest my own (my own 0.700, n=1)")
    assert best.columns[-1] == "test/my_own"
    assert "Which way my own is better is not in the records of these runs: more is taken as better" in best.notes
    shown = compare_runs(tmp_path, Question(shown=("my_own",))).comparisons[0]
    assert shown.columns == ("test/my_own", "val/dice", "test/dice")


def test_the_record_says_which_metric_of_a_plugin_is_better_when_it_is_lower(tmp_path: Path) -> None:
    for config, own in zip(grid(model=["unet", "fpn"]), (0.2, 0.7), strict=True):
        noted = {"lower_is_better": ["hd95", "loss", "my_own"]}
        make_run(tmp_path, config, np.linspace(0.5, 0.6, 5), metrics={"test/my_own": own}, training=noted)
    best = compare_runs(tmp_path, Question("my_own")).comparisons[0]
    assert best.answer.startswith("unet/resnet18 has the lowest my own (my own 0.200, n=1)")
    assert not any("Which way" in note for note in best.notes)


def test_without_a_split_a_metric_is_that_of_the_test_images_and_without_those_named_by_what_was_measured(
    tmp_path: Path,
) -> None:
    (config,) = grid()
    make_run(tmp_path / "both", config, [0.7, 0.8])
    assert compare_runs(tmp_path / "both", Question("miou")).comparisons[0].metric == "test/miou"
    make_run(tmp_path / "val", config, [0.7, 0.8], training={"tested_split": "val"}, metrics={"val/dice": 0.5})
    for asked in ("dice", "test/dice"):
        found = compare_runs(tmp_path / "val", Question(asked)).comparisons[0]
        assert (found.metric, found.columns[-2:]) == ("val/dice", ("val/dice", "val/miou"))
        assert found.rows[0].scores["val/dice"].mean == pytest.approx(0.75)  # as per_image.csv has it
        assert not [name for name in found.metrics if name.startswith("test/")]


def test_f1_is_shown_only_where_it_is_asked_for(tmp_path: Path) -> None:
    for config in grid():
        make_run(tmp_path, config, [0.7, 0.8])
    assert "test/f1" not in compare_runs(tmp_path).comparisons[0].columns
    assert "test/f1" in compare_runs(tmp_path, Question(shown=("f1",))).comparisons[0].columns
