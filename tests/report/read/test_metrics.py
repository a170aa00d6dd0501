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
    assert (metric_title(metric), direction_of(metric)) == (title, direction)


def test_a_metric_of_a_plugin_ranks_and_is_shown(tmp_path: Path) -> None:
    for config, own in zip(grid(model=["unet", "fpn"]), (0.2, 0.7), strict=True):
        folder = make_run(tmp_path, config, np.linspace(0.5, 0.6, 5))
        record = read_record(folder)
        assert record is not None
        write_json(folder / "record.json", {**record.content(), "metrics": {**record.metrics, "test/my_own": own}})
    best = compare_runs(tmp_path, Question("test/my_own")).comparisons[0]
    assert best.answer.startswith("fpn/resnet18 is best (my own 0.700, n=1)")
    assert best.columns[-1] == "test/my_own"
    shown = compare_runs(tmp_path, Question(shown=("my_own",))).comparisons[0]
    assert shown.columns == ("test/my_own", "test/dice")
