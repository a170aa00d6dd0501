"""What one sees of a run: pictures in its folder, lines and a table on the terminal."""

import csv
from pathlib import Path

import pytest
from PIL import Image

from segsweep.runs.predictions import read_predictions
from tests.command import TINY, Ended, run


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def train(*words: str) -> tuple[Ended, Path]:
    ended = run(*TINY, "paths.cache=cache", "logger.pictures=true", *words)
    assert ended.code == 0, ended.err
    (folder,) = (path for path in Path("runs").iterdir() if path.is_dir())
    return ended, folder


def pictures(folder: Path) -> list[str]:
    paths = sorted(path for path in folder.glob("*/*.png"))
    for path in paths:
        with Image.open(path) as image:
            image.verify()
    return [str(path.relative_to(folder)) for path in paths]


PLOTS = [f"plots/{name}.png" for name in ("classes", "confusion", "dice", "iou", "learning_rate", "loss")]


def test_a_run_leaves_plots_samples_and_its_confusion() -> None:
    _, folder = train("data.task=multilabel", "loss=bce_dice")
    assert pictures(folder) == [*PLOTS, "samples/test_best_median_worst.png", "samples/val.png"]
    kept = read_predictions(folder)  # of the same images in every run, for comparisons by eye
    assert len(kept) == 4
    with Image.open(next(iter(kept.values()))["prediction"]) as prediction:
        assert prediction.size == (32, 32)
    with (folder / "confusion.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["class"] for row in rows] == ["circle", "box", "triangle"]
    assert all(sum(int(row[key]) for key in ("tn", "fp", "fn", "tp")) == 4 * 32 * 32 for row in rows)


def test_without_a_test_split_the_samples_say_that_validation_was_tested() -> None:
    _, folder = train("data.num_test=0", "resolution.eval_size=native", "data.size=40")
    assert pictures(folder) == [*PLOTS, "samples/val.png", "samples/val_best_median_worst.png"]


def test_pictures_that_cannot_be_drawn_do_not_end_a_run_and_are_named() -> None:
    _, folder = train("logger.pictures=false")
    assert pictures(folder) == []
    (folder / "record.json").unlink()  # as if it was killed before the test
    for name in ("plots", "samples"):
        (folder / name).touch()
    ended, _ = train()
    assert "complete" in ended.out
    assert f"{folder}/plots could not be written" in ended.out
    assert f"{folder}/samples could not be written" in ended.out


def test_the_terminal_shows_a_bar_a_line_per_epoch_and_at_the_end_a_table_that_inspect_repeats() -> None:
    ended, folder = train("logger.progress=bar", "logger.pictures=false")
    lines = [line for line in ended.out.splitlines() if "waiting for images" not in line]  # said on a busy machine
    assert [line[:10] for line in lines[1:3]] == ["epoch 1/2 ", "epoch 2/2 "]
    assert all(part in lines[2] for part in ("loss", "val/miou", "best", "img/s", "ETA"))
    assert lines[3].endswith("is the best")
    table = lines[4:9]
    assert [line.split()[0] for line in table] == ["test", "background", "circle", "box", "triangle"]
    assert lines[9].endswith(str(folder.resolve()))
    assert "epoch 1/2:" in ended.err
    assert "validation:" in ended.err
    assert "test:" in ended.err
    assert "\n".join(table) in run("run", folder.name, entry_point="inspect").out
