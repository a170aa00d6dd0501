from pathlib import Path

import numpy as np

from segsweep.core.files import write_csv
from segsweep.report.read.comparison import Comparison
from segsweep.report.render.gallery import read_gallery
from segsweep.report.render.page.pictured import pictured
from segsweep.report.render.write import draw_pictures
from segsweep.runs.predictions import KINDS, read_predictions, write_predictions
from tests.report.render.page.making import make_report

SCORES = {"run1-0": {"a": 0.9, "b": 0.9, "c": 0.5}, "run0-0": {"a": 0.8, "b": 0.4, "c": 0.5}}


def compared(runs: Path) -> Comparison:
    """Two configurations that differ by 0.1 on image a, 0.5 on b, and not on c."""
    comparison = make_report(runs, axes={"model": ["fpn", "unet"]}, num_seeds=1).comparisons[0]
    for name, scores in SCORES.items():
        rows = [{"image": image, "index": place, "dice": value} for place, (image, value) in enumerate(scores.items())]
        write_csv(runs / name / "per_image.csv", rows)
    return comparison


def picture(value: int) -> np.ndarray:
    return np.full((64, 96, 3), value, dtype=np.uint8)


def test_images_come_by_the_gap_between_the_best(tmp_path: Path) -> None:
    gallery = read_gallery(compared(tmp_path))
    assert gallery is not None
    assert [image.name for image in gallery.images] == ["b", "a"]  # c is no matter of dispute
    assert [one.score for one in gallery.images[0].predicted] == [0.9, 0.4]
    assert gallery.metric == "test/image/dice"


def test_kept_predictions_are_shown_and_decide_which_images_are(tmp_path: Path) -> None:
    comparison = compared(tmp_path)
    for name in SCORES:
        write_predictions(tmp_path / name, {"a": {kind: picture(60) for kind in KINDS}})
    gallery = read_gallery(comparison)
    assert gallery is not None
    assert [image.name for image in gallery.images] == ["a"]
    shown = pictured(gallery)
    assert shown.has_pictures
    assert shown.rows[0].image.startswith("data:image/webp;base64,")
    assert all(cell.picture.startswith("data:image/webp;base64,") for cell in shown.rows[0].predicted)
    assert tmp_path / "report" / "images.png" in draw_pictures(comparison, tmp_path / "report")


def test_without_scores_of_images_there_is_no_gallery(tmp_path: Path) -> None:
    comparison = compared(tmp_path)
    (tmp_path / "run0-0" / "per_image.csv").unlink()
    assert read_gallery(comparison) is None


def test_all_pictures_are_drawn_even_of_names_that_look_like_formulas(tmp_path: Path) -> None:
    axes = {"model": ["$a_{", "\\frac", "_x", "y" * 200], "optimizer.lr": ["0.1", "0.01"]}
    comparison = make_report(tmp_path, axes=axes).comparisons[0]
    drawn = draw_pictures(comparison, tmp_path / "report")
    assert [path.name for path in drawn] == ["curves.png", "cost.png", "parallel.png", "classes.png"]


def test_a_list_of_predictions_that_names_missing_files_is_passed_over(tmp_path: Path) -> None:
    write_predictions(tmp_path, {"a": {kind: picture(1) for kind in KINDS}, "b": {kind: picture(2) for kind in KINDS}})
    next(iter(read_predictions(tmp_path)["a"].values())).unlink()
    assert list(read_predictions(tmp_path)) == ["b"]
    (tmp_path / "samples" / "predictions" / "images.json").write_text("[1", encoding="utf-8")
    assert read_predictions(tmp_path) == {}
