"""Pairs that a list names, and lists with mistakes."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segsweep.core.errors import ConfigError, DataError
from segsweep.data.base import Data
from segsweep.data.content import data_state
from tests.data.making import open_pairs, pairs_config, save


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("a", "b", "c"):
        save(tmp_path / "set" / "x" / f"{name}.png", np.arange(12).reshape(2, 2, 3))
        save(tmp_path / "set" / "y" / f"{name}.png", [[0, 1], [2, 2]])
    return tmp_path / "set"


def opened(root: Path, text: str, **settings: object) -> Data:
    (root / "list.txt").write_text(text)
    return open_pairs("listing", root, list="list.txt", **settings)


def names(data: Data, split: str) -> list[str]:
    return [data.splits[split].name(index) for index in range(len(data.splits[split]))]


@pytest.mark.parametrize("mark", [",", " ", "\t", ";"])
def test_images_and_masks_are_those_of_the_list(root: Path, mark: str) -> None:
    save(root / "y" / "b.png", [[1, 1], [2, 0]])
    lines = (("x/b.png", "y/b.png", "train"), (f"{root}/x/a.png", "./y/a.png", "val"))
    data = opened(root, "\n".join(mark.join(cells) for cells in lines))
    assert (names(data, "train"), names(data, "val")) == (["b"], ["a"])
    image, truth = data.splits["train"].load(0)
    assert np.array_equal(image, np.asarray(Image.open(root / "x" / "b.png")))
    assert truth.tolist() == [[1, 1], [2, 0]]
    assert data.task.kind == "multiclass"


def test_images_of_one_group_stay_in_one_fold(root: Path) -> None:
    text = "image,mask,group\n" + "\n".join(f"x/{name}.png,y/{name}.png,{group}" for name, group in ("ap", "bp", "cq"))
    folds = [opened(root, text, fold=fold, num_folds=2) for fold in (0, 1)]
    assert sorted(names(data, "val") for data in folds) == [["train/p/a", "train/p/b"], ["train/q/c"]]
    with pytest.raises(ConfigError, match=r"num_folds=3 is too many"):
        opened(root, text, fold=0, num_folds=3)


def test_an_image_that_moves_to_another_split_is_another_data_set(root: Path) -> None:
    text = "x/a.png y/a.png train\nx/b.png y/b.png {}\nx/c.png y/c.png val"
    assert opened(root, text.format("train")).fingerprint != opened(root, text.format("val")).fingerprint


def test_the_files_of_the_list_are_hashed_and_no_others(root: Path) -> None:
    opened(root, "x/a.png y/a.png train\nx/b.png y/b.png val")
    config = pairs_config("listing", root, list="list.txt")
    before = data_state(config, root.parent)
    (root / "x" / "c.png").write_bytes(b"of no pair")
    assert data_state(config, root.parent) == before
    (root / "list.txt").write_text("x/a.png y/a.png train\nx/b.png y/a.png val")
    assert data_state(config, root.parent).content != before.content


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "data.root holds no image with a mask"),
        ("x/a.png y/a.png", r"no column split.* \(file list.txt\)"),
        ("x/a.png y/a.png train", "There are no images of the split val; needed are train and val"),
        ("x/a.png y/a.png train\nx/b.png", "names no image and mask .*line 2 has 1 cells"),
        ("x/a.png y/a.png train\nx/b.png y/b.png dev", "not train, val or test .*line 2: dev"),
        (
            "x/a.png y/a.png train\nx/a.png y/a.png train\nx/b.png y/b.png val",
            "Two images of a split are the same.*x/a.png: train: a",
        ),
        ("x/a.png y/a.png train\nx/b.png y/z.png val", r"is not there \(file y/z.png\)"),
    ],
)
def test_a_list_with_a_mistake_is_refused_and_the_line_named(root: Path, text: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        opened(root, text)


def test_a_list_that_is_not_there_is_answered_with_those_that_are(root: Path) -> None:
    (root / "pairs.csv").write_text("x/a.png,y/a.png,train")
    with pytest.raises(
        DataError, match=r"data.list=list.csv cannot be read.*No such file(.|\n)*Lists there: pairs.csv"
    ):
        open_pairs("listing", root, list="list.csv")


def test_classes_that_overlap_are_refused(root: Path) -> None:
    with pytest.raises(ConfigError, match=r"data=listing has one mask per image.*data=folder"):
        opened(root, "x/a.png y/a.png train", task="multilabel")
    (root / "dataset.json").write_text('{"task": "multilabel", "class_names": ["a", "b"]}')
    with pytest.raises(ConfigError, match=r"data=listing has one mask per image"):
        opened(root, "x/a.png y/a.png train\nx/b.png y/b.png val")
