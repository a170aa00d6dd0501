from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segsweep.core.task import IGNORE, Task, TaskKind
from segsweep.plots.curves import draw_curves
from segsweep.plots.palette import class_colors
from segsweep.plots.scores import draw_scores
from segsweep.plots.sheets import Sample, draw_sheet

AWKWARD = ("_background_", "costs $5 or $6", "骨", "a very long name of a class that nobody can read in a figure", "/")


def whole(path: Path) -> Image.Image:
    """The picture, if nothing is cut off at its border."""
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("L"))
    border = np.concatenate([pixels[:2].ravel(), pixels[-2:].ravel(), pixels[:, :2].ravel(), pixels[:, -2:].ravel()])
    assert (border == 255).all(), f"{path.name} is cut off"
    assert (pixels < 128).any(), f"{path.name} is empty"
    return image


def names(num_classes: int) -> tuple[str, ...]:
    return tuple(AWKWARD[index % 5] + ("" if index < 5 else str(index)) for index in range(num_classes))


@pytest.mark.parametrize("num_classes", [1, 5, 29])
def test_curves_are_drawn_for_what_was_measured_and_nothing_else(tmp_path: Path, num_classes: int) -> None:
    validated = {"val/loss": 0.5, "val/miou": 0.4} | {f"val/iou/{name}": 0.4 for name in names(num_classes)}
    rows = [{"epoch": 1.0, "train/loss": 1e4}, {"epoch": 2.0, "train/loss": 0.1, **validated}]
    drawn = draw_curves(tmp_path / "plots", rows, best_epoch=2)
    assert [path.name for path in drawn] == ["loss.png", "iou.png"]
    for path in drawn:
        whole(path)
    assert draw_curves(tmp_path / "none", []) == []


@pytest.mark.parametrize(
    ("kind", "num_classes"),
    [("binary", 2), ("multiclass", 5), ("multiclass", 29), ("multilabel", 1), ("multilabel", 5)],
)
def test_confusion_and_bars_show_long_and_strange_names_whole(tmp_path: Path, kind: TaskKind, num_classes: int) -> None:
    task = Task(kind, names(num_classes))
    num = len(task.scored_names)
    shape = (num, num) if kind == "multiclass" else (num, 2, 2)
    counts = np.arange(np.prod(shape)).reshape(shape)
    counts[0] = 0  # a class that the split does not hold
    drawn = draw_scores(
        tmp_path / "plots",
        counts=counts,
        class_names=task.class_names,
        scores={"IoU": [0.5] * (num - 1) + [float("nan")], "Dice": [0.6] * (num - 1) + [float("nan")]},
        scored_names=task.scored_names,
        split="test",
    )
    assert [path.name for path in drawn] == ["confusion.png", "classes.png"]
    for path in drawn:
        whole(path)


@pytest.mark.slow
def test_bars_of_more_classes_than_fit_show_the_worst(tmp_path: Path) -> None:
    heights = []
    for num in (60, 90):
        scores = {"IoU": [0.5] * num, "Dice": [0.5] * num}
        counts = np.ones((num, 2, 2), dtype=np.int64)
        many = [f"class {index}" for index in range(num)]
        _, bars = draw_scores(tmp_path, counts=counts, class_names=many, scores=scores, scored_names=many, split="test")
        heights.append(whole(bars).height)
    assert heights[0] == heights[1]


@pytest.mark.parametrize(("kind", "num_classes"), [("binary", 2), ("multiclass", 29), ("multilabel", 5)])
def test_a_sheet_has_a_row_for_each_sample_of_any_shape(tmp_path: Path, kind: TaskKind, num_classes: int) -> None:
    task, random = Task(kind, names(num_classes)), np.random.default_rng(0)
    samples = []
    for height, width in ((30, 90), (90, 30)):
        shape = (num_classes, height, width) if kind == "multilabel" else (height, width)
        truth = random.integers(0, 2 if kind != "multiclass" else num_classes, shape, dtype=np.uint8)
        pred = truth.copy()
        truth[..., :5, :] = IGNORE
        image = random.integers(0, 256, (height // 2, width // 2, 1), dtype=np.uint8)
        samples.append(Sample("best, Dice 0.900\npart/name", image, truth, pred))
    one, two = tmp_path / "one.png", tmp_path / "two.png"
    draw_sheet(one, samples[:1], task, class_colors(num_classes))
    draw_sheet(two, samples, task, class_colors(num_classes))
    assert whole(two).height > whole(one).height + 400
