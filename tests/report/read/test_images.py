"""Scores of single images: their mean is the metric, whatever the metric pools."""

from pathlib import Path

import numpy as np
import pytest

from segsweep.report.read.collect import collect
from segsweep.report.read.configurations import group_runs
from segsweep.report.read.images import ImageFiles, read_images
from segsweep.runs.paired import ImageScores
from tests.report.making import grid, make_run

DICE = np.array([0.2, 0.5, 0.9])


def read(runs: Path, metric: str) -> ImageScores:
    found = read_images(group_runs(collect(runs)[0], []).ranked, ImageFiles(metric))
    assert found is not None
    return found


@pytest.mark.parametrize("name", ["dice", "f1", "miou", "precision", "recall", "accuracy", "iou/cell", "accuracy/cell"])
def test_the_mean_over_images_is_the_metric_of_the_record(tmp_path: Path, name: str) -> None:
    folder = make_run(tmp_path, next(grid(seed=[0])), DICE)
    text = (folder / "per_image.csv").read_text().replace("\n00001,1,0.5,", "\n00001,1,0.4,")  # own scores do not count
    (folder / "per_image.csv").write_text(text)
    (scores,) = read(tmp_path, f"test/{name}").runs.values()
    assert scores.mean() == pytest.approx(collect(tmp_path)[0][0].record.metrics[f"test/{name}"])


def test_without_counts_the_scores_of_single_images_stand_in(tmp_path: Path) -> None:
    make_run(tmp_path, next(grid(seed=[0])), DICE, with_counts=False)
    pooled, of_images = read(tmp_path, "test/dice"), read(tmp_path, "test/image/dice")
    assert not pooled.is_of_metric
    assert of_images.is_of_metric
    for found in (pooled, of_images):
        assert next(iter(found.runs.values()))[0] == pytest.approx(DICE)
    configurations = group_runs(collect(tmp_path)[0], []).ranked
    for absent in ("test/precision", "val/dice", "test/image/hd95"):
        assert read_images(configurations, ImageFiles(absent)) is None


def test_images_are_paired_by_name_and_those_without_a_value_in_one_run_left_out(tmp_path: Path) -> None:
    first, second = grid(model=["unet", "fpn"])
    make_run(tmp_path, first, DICE, with_counts=False)
    other = make_run(tmp_path, second, [0.3, 0.4, 0.5], with_counts=False) / "per_image.csv"
    head, *rows = other.read_text().splitlines()
    other.write_text("\n".join([head, rows[2], rows[0].replace("0.3", ""), rows[1]]) + "\n")
    found = read(tmp_path, "test/image/dice")
    assert set(found.images) == {"00001", "00002"}
    assert not found.is_of_metric
    by_image = {
        row[0]: dict(zip(found.images, row[1], strict=True)) for row in ((key, of[0]) for key, of in found.runs.items())
    }
    assert sorted(of["00001"] for of in by_image.values()) == pytest.approx([0.4, 0.5])
    assert sorted(of["00002"] for of in by_image.values()) == pytest.approx([0.5, 0.9])


def test_a_damaged_file_is_as_good_as_none(tmp_path: Path) -> None:
    first, second = grid(model=["unet", "fpn"])
    make_run(tmp_path, first, DICE)
    file = make_run(tmp_path, second, DICE) / "per_image.csv"
    file.write_text(file.read_text()[:-30])
    assert len(read(tmp_path, "test/dice").runs) == 1


def test_images_without_a_group_are_none_of_a_group_of_their_own(tmp_path: Path) -> None:
    folder = make_run(tmp_path, next(grid(seed=[0])), DICE)
    head, *rows = (folder / "per_image.csv").read_text().splitlines()
    for names, number in ((("", "", ""), None), (("a", "a", ""), 2)):
        grouped = [f"{row},{name}" for row, name in zip(rows, names, strict=True)]
        (folder / "per_image.csv").write_text("\n".join([f"{head},group", *grouped]) + "\n")
        assert read(tmp_path, "test/dice").num_groups == number
