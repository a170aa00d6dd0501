"""The numbers of a whole run, in its folder."""

import csv
import json
from pathlib import Path

import pytest

from tests.command import TINY, run


def test_a_run_measures_each_tested_image_and_may_watch_their_mean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ("paths.cache=cache", "data.num_test=5", "metrics=boundary", "trainer.monitor=val/image/dice")
    ended = run(*TINY, *words, "logger.progress=none")
    assert ended.code == 0, ended.err
    (folder,) = tmp_path.glob("runs/unet-*")
    metrics = json.loads((folder / "record.json").read_text())["metrics"]
    with (folder / "per_image.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [(row["image"], row["index"]) for row in rows] == [(f"{number:05d}", str(number)) for number in range(5)]
    for column, name in (
        ("dice", "test/image/dice"),
        ("iou", "test/image/miou"),
        ("iou/box", "test/image/iou/box"),
        ("hd95", "test/image/hd95"),
        ("surface_dice/circle", "test/image/surface_dice/circle"),
        ("boundary_iou", "test/image/boundary_iou"),
    ):
        cells = [float(row[column]) for row in rows if row[column]]
        assert metrics[name] == pytest.approx(sum(cells) / len(cells))
    assert {"val/image/miou", "val/competition_dice", "test/competition_dice"} <= set(metrics)
    assert not [name for name in metrics if name.startswith("val/") and "hd95" in name]
    missing = run(*TINY, *words, "trainer.monitor=val/image/dise")
    assert missing.code == 2
    assert "Nearest: val/image/dice" in missing.err
