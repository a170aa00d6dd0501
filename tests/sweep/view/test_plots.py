import logging
import random
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution
from PIL import Image

from segsweep.runs.record import Status
from segsweep.sweep.view.plots import write_plots
from tests.sweep.view.making import MadeSweep

pytestmark = pytest.mark.slow

ENCODERS = ["resnet18", "tu-vit_base_patch16_224.augreg_in21k", "costs $5 or $6", "骨"]
AXES = {
    "encoder": CategoricalDistribution(ENCODERS),
    "optimizer.lr": FloatDistribution(1e-5, 1e-1, log=True),
}


def sweep(runs: Path, num: int, *, objectives: dict[str, str] | None = None) -> MadeSweep:
    made, draw = MadeSweep(runs, objectives=objectives or {"val/miou": "max"}, axes=AXES), random.Random(0)
    for index in range(num):
        params = {"encoder": ENCODERS[index % 4], "optimizer.lr": 10 ** draw.uniform(-5, -1)}
        curve = [draw.random() for _ in range(6)]
        status: Status = "pruned" if index % 4 == 3 else "complete"
        made.ended(params, curve, status, cost={"cost/ms": draw.random()})
    return made


def require_whole(path: Path) -> None:
    """Refuse a picture that is empty or cut off at its border."""
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("L"))
    border = np.concatenate([pixels[:2].ravel(), pixels[-2:].ravel(), pixels[:, :2].ravel(), pixels[:, -2:].ravel()])
    assert (border == 255).all(), f"{path.name} is cut off"
    assert (pixels < 128).any(), f"{path.name} is empty"


def test_a_search_is_drawn_whole_and_matplotlib_is_left_as_it_was(tmp_path: Path) -> None:
    made = sweep(tmp_path, 28)
    before = dict(matplotlib.rcParams)
    drawn = write_plots(made.study, made.folder, made.objectives)
    assert [path.name for path in drawn] == ["curves.png", "history.png", "importance.png", "parallel.png", "slice.png"]
    for path in drawn:
        require_whole(path)
    assert dict(matplotlib.rcParams) == before


def test_several_objectives_are_drawn_as_a_front_and_each_with_its_importance(tmp_path: Path) -> None:
    made = sweep(tmp_path, 28, objectives={"val/miou": "max", "cost/ms": "min"})
    drawn = write_plots(made.study, made.folder, made.objectives)
    assert [path.name for path in drawn] == [
        "curves.png",
        "pareto.png",
        "importance_val_miou.png",
        "importance_cost_ms.png",
        "parallel.png",
    ]
    for path in drawn:
        require_whole(path)


def test_a_few_runs_are_drawn_as_far_as_that_makes_sense(tmp_path: Path) -> None:
    one = sweep(tmp_path / "one", 1)
    assert [path.name for path in write_plots(one.study, one.folder, one.objectives)] == ["curves.png"]
    none = MadeSweep(tmp_path / "none")
    assert write_plots(none.study, none.folder, none.objectives) == []
    same = MadeSweep(tmp_path / "same")
    for _ in range(2):
        same.ended({"model": "fpn"}, [0.5])
    drawn = write_plots(same.study, same.folder, same.objectives)
    assert [path.name for path in drawn] == ["curves.png", "history.png"]


def test_what_cannot_be_drawn_is_said_and_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    made = sweep(tmp_path, 4)
    (made.folder / "plots" / "history.png").mkdir(parents=True)  # in the way
    with caplog.at_level(logging.WARNING):
        drawn = write_plots(made.study, made.folder, made.objectives)
    assert "curves.png" in [path.name for path in drawn]
    assert "history.png" not in [path.name for path in drawn]
    assert "no plot history: IsADirectoryError" in caplog.text
    (made.folder / "sweep.json").unlink()
    assert write_plots(made.study, made.folder, made.objectives) == []
    assert "no plots: SweepViewError" in caplog.text
