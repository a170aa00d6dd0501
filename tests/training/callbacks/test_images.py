import csv
import json
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import torch
from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import ModelCheckpoint

from segsweep.metrics.images import ImageScores
from segsweep.training.callbacks.images import ImageFile, ValidatedImages
from tests.command import TINY, run
from tests.data.making import save_pair


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="") as text:
        return list(csv.DictReader(text))


def trained(*words: str) -> Path:
    tiny = [word for word in TINY if "data=folder" not in words or not word.startswith("data.")]
    ended = run(*tiny, "paths.cache=cache", "logger.pictures=false", *words)
    assert ended.code == 0, ended.err
    (folder,) = (path for path in Path("runs").iterdir() if (path / "record.json").exists())
    return folder


def pooled_iou(found: list[dict[str, str]], name: str) -> float:
    tp, wrong = (sum(int(row[f"{part}/{name}"]) for row in found for part in parts) for parts in (["tp"], ["fp", "fn"]))
    return tp / (tp + wrong)


@pytest.mark.parametrize(
    "words", [["trainer.validate_every_epochs=2", "trainer.max_epochs=4"], ["trainer.ema_decay=0.5"]]
)
def test_the_scores_of_each_validation_image_are_those_of_the_best_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = trained(*words)
    record: dict[str, Any] = json.loads((folder / "record.json").read_text())
    found = rows(folder / "per_image_val.csv")
    assert [row["index"] for row in found] == ["0", "1", "2", "3"]
    assert list(found[0]) == list(rows(folder / "per_image.csv")[0])
    for name in ("background", "circle"):
        assert pooled_iou(found, name) == pytest.approx(record["metrics"][f"val/iou/{name}"])


class Trained(LightningModule):
    images = ImageScores(torch.tensor([0]), {}, {})


def test_they_are_written_only_when_the_best_checkpoint_is_saved(tmp_path: Path) -> None:
    file = tmp_path / "per_image_val.csv"
    best = ModelCheckpoint(monitor="val/miou")
    best.best_model_score = torch.tensor(0.5)  # as a run that goes on finds it
    callback = ValidatedImages(ImageFile(file, ["a"], ["p1"], ["cell"]), best)
    trainer, module = Trainer(), Trained()
    with mock.patch.object(ImageScores, "rows", return_value=[{"image": "a"}]):
        callback.on_train_start(trainer, module)
        callback.on_train_epoch_end(trainer, module)
        assert not file.exists()
        best.best_model_score = torch.tensor(0.6)
        callback.on_train_epoch_end(trainer, module)
        assert file.exists()
        file.unlink()
        callback.on_train_epoch_end(trainer, module)
        assert not file.exists()


def test_a_row_names_the_group_of_its_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for split in ("train", "val", "test"):
        for image in ("p1/a", "p1/b", "p2/a"):
            save_pair(tmp_path / "set", split, image, [[0, 1] * 16] * 32)
    folder = trained("data=folder", "data.root=set", "encoder.weights=null", "trainer.max_epochs=1")
    for file in ("per_image.csv", "per_image_val.csv"):
        assert [row["group"] for row in rows(folder / file)] == ["p1", "p1", "p2"]
