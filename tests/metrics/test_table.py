"""The table of metrics: it has what an evaluation gives, and README.md shows it."""

from pathlib import Path

import pytest
import torch

from segsweep.core.task import Task
from segsweep.metrics.evaluator import Evaluator
from segsweep.metrics.spec import METRICS, metrics_markdown
from tests.command import ROOT, run

START, END = "<!-- metrics: start -->", "<!-- metrics: end -->"


def test_every_metric_of_an_evaluation_has_one_row_and_every_row_is_given() -> None:
    evaluator = Evaluator(Task("multilabel", ("bone",)), boundary_tolerance_px=1)
    evaluator.update(torch.ones(1, 1, 2, 2), torch.ones(1, 1, 2, 2, dtype=torch.uint8), torch.tensor([0]))
    scores = evaluator.finish("test", image_classes=True).scores
    given = ["loss", *(name.removeprefix("test/").replace("/bone", "/CLASS") for name in scores)]
    assert sorted(name for row in METRICS for name in row.names) == sorted(given)


def test_the_command_prints_the_table_and_the_one_for_the_readme() -> None:
    plain, markdown = run("metrics", entry_point="inspect"), run("metrics", "--markdown", entry_point="inspect")
    for part in ("competition_dice", "tp / (tp + fp + fn)", "in neither: no value", "Cheng, Girshick"):
        assert part in plain.out
        assert part in markdown.out
    assert markdown.out.startswith("| metric | given on |")


def test_the_readme_holds_the_table() -> None:
    readme = Path(ROOT / "README.md").read_text(encoding="utf-8")
    if START not in readme or END not in readme:
        pytest.fail(f"README.md lacks {START} or {END}; between them: python -m segsweep.inspect metrics --markdown")
    shown = readme.partition(START)[2].partition(END)[0]
    assert shown.strip() == metrics_markdown()
