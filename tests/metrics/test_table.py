"""The table of metrics: it has what an evaluation gives, and the command prints it."""

import re

import pytest
import torch

from segsweep.core.errors import ConfigError
from segsweep.core.task import Task
from segsweep.metrics.boundary import BoundaryScores
from segsweep.metrics.describe import describe_metrics, metric_lines
from segsweep.metrics.evaluator import Evaluator
from segsweep.metrics.scores import Outcomes
from segsweep.metrics.spec import METRICS, Metric, check_monitor, metric_of, metrics_of_validation
from tests.command import run

TASK = Task("multilabel", ("bone", "nail"))


def evaluate(*, split: str) -> dict[str, float]:
    evaluator = Evaluator(TASK, boundary_tolerance_px=1 if split == "test" else None)
    evaluator.update(torch.ones(1, 2, 2, 2), torch.ones(1, 2, 2, 2, dtype=torch.uint8), torch.tensor([0]))
    return evaluator.finish(split, image_classes=split == "test").scores


def test_every_metric_of_an_evaluation_has_one_line_and_every_line_is_given() -> None:
    scores = evaluate(split="test")
    named = (re.sub("/(bone|nail)", "/CLASS", name.removeprefix("test/")) for name in scores)
    assert sorted(name for names, *_ in metric_lines() for name in names) == sorted({"loss", *named})


def test_what_a_validation_gives_is_known_before_it() -> None:
    assert list(metrics_of_validation(TASK.scored_names)) == ["val/loss", *evaluate(split="val")]


def test_the_boundary_scores_and_their_rows_are_the_same() -> None:
    assert tuple(row.name for row in METRICS.values() if row.boundary) == BoundaryScores._fields


@pytest.mark.parametrize(
    ("name", "row"),
    [("val/miou", "iou"), ("test/image/f1/a", "dice"), ("test/image/hd95", "hd95"), ("train/loss", "loss")],
)
def test_a_name_leads_to_its_row(name: str, row: str) -> None:
    assert metric_of(name) == METRICS[row]
    assert metric_of("val/none") is None


def test_a_monitored_metric_that_validation_does_not_give_is_answered_once_the_task_is_known() -> None:
    check_monitor("val/diec", "max")
    with pytest.raises(ConfigError, match=r"trainer.monitor=val/diec is not a metric of this run. Nearest: val/dice"):
        check_monitor("val/diec", "max", TASK)
    for name in ("val/dice/nail", "val/image/miou", "val/competition_dice"):
        check_monitor(name, "max", TASK)
    with pytest.raises(ConfigError, match="not a metric of this run"):
        check_monitor("val/dice/toe", "max", TASK)


def specificity(o: Outcomes) -> torch.Tensor:
    return o.tn / (o.tn + o.fp)


def test_a_metric_of_a_plugin_is_given_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(METRICS, "_rows", dict(METRICS._rows))
    METRICS.add(Metric("specificity", "tn / (tn + fp)", per_class=f"{__name__}:specificity", in_image_file=True))
    METRICS.add(Metric("misses", "fn", ratio=((0, 0, 1, 0), (1, 1, 1, 1)), lower_is_better=True))
    evaluator = Evaluator(Task("binary", ("background", "cell")))
    logits, truth = torch.tensor([1.0, 1.0, -1.0, -1.0, -1.0]), torch.tensor([1, 0, 0, 0, 1], dtype=torch.uint8)
    evaluator.update(logits.view(1, 1, 1, 5), truth.view(1, 1, 5), torch.tensor([0]))
    found = evaluator.finish("val", image_classes=False)
    for name in ("val/specificity", "val/specificity/cell", "val/image/specificity"):
        assert found.scores[name] == pytest.approx(2 / 3)
    assert found.scores["val/misses"] == pytest.approx(1 / 5)
    (row,) = found.images.rows(["a"], [None], ["cell"])
    assert row["specificity/cell"] == row["specificity"] == pytest.approx(2 / 3)
    assert "misses" not in row
    check_monitor("val/specificity", "max", TASK)
    check_monitor("val/misses/nail", "min", TASK)
    assert "\n\nspecificity, specificity/CLASS\n" in describe_metrics()


def test_the_command_prints_the_table_and_the_one_for_the_docs() -> None:
    plain, markdown = run("metrics", entry_point="inspect"), run("metrics", "--markdown", entry_point="inspect")
    for part in ("competition_dice", "tp / (tp + fp + fn)", "in neither: no value", "Cheng, Girshick"):
        assert part in plain.out
        assert part in markdown.out
    assert markdown.out.startswith("| metric | given on |")
