"""The same image, or images of one group, in two splits; and classes that a split lacks."""

import logging
from pathlib import Path

import pytest

from segsweep.data.base import Data
from segsweep.training.assemble import _open_data
from segsweep.training.facts import data_facts
from tests.data.making import folder_config, make_set, open_folder, save, save_pair, shapes_config


def distinct(root: Path) -> Path:
    """Write a set of which every image differs."""
    for number, (split, stem) in enumerate((("train", "p1/a"), ("train", "p2/b"), ("val", "p3/c"), ("test", "p4/d"))):
        save_pair(root, split, stem, [[0, 1], [2, 2]])
        save(root / split / "images" / f"{stem}.png", [[number, 1], [2, 3]])
    return root


def copy_image(root: Path, source: str, target: str) -> None:
    save_pair(root, target.split("/")[0], target.split("/", 2)[2], [[0, 1], [2, 2]])
    (root / f"{target}.png").write_bytes((root / f"{source}.png").read_bytes())


def test_an_image_in_two_splits_is_said_and_recorded(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    root = distinct(tmp_path / "set")
    assert open_folder(root).shared.warnings == ()
    copy_image(root, "train/images/p1/a", "test/images/p4/again")
    config = folder_config(root)
    with caplog.at_level(logging.WARNING, logger="segsweep"):
        data = _open_data(config, cache=str(tmp_path / "cache"))
    facts = data_facts(data, config, content=None)
    assert (facts.shared_between_splits, facts.groups_between_splits) == ({"train-test": 1}, {})
    assert "1 image of test is in train too (p4/again is p1/a): take it out of one" in data.shared.warnings[0]
    assert data.shared.warnings[0] in caplog.messages


def test_images_of_one_split_may_repeat(tmp_path: Path) -> None:
    root = distinct(tmp_path / "set")
    copy_image(root, "train/images/p1/a", "train/images/p1/again")
    assert open_folder(root).shared.images == {}


def test_a_group_in_two_splits_is_said(tmp_path: Path) -> None:
    root = distinct(tmp_path / "set")
    save_pair(root, "val", "p1/other", [[0, 1], [2, 2]])
    shared = open_folder(root).shared
    assert shared.groups == {"train-val": 1}
    assert "1 group of images, by folders below images/, is in train and in val (p1)" in shared.warnings[0]
    assert open_folder(root, group="[a-z]+$").shared.groups == {}


def test_folds_put_all_images_of_a_group_on_one_side(tmp_path: Path) -> None:
    root = distinct(tmp_path / "set")
    save_pair(root, "val", "p1/other", [[0, 1], [2, 2]])
    assert open_folder(root, fold=0, num_folds=3).shared.groups == {}


def absent(data: Data) -> list[str]:
    return [note for note in data.notes if note.startswith("No pixel")]


def test_classes_that_a_split_lacks_are_said(tmp_path: Path) -> None:
    root = make_set(tmp_path / "set")
    save_pair(root, "val", "c", [[0, 0], [2, 2]])
    save_pair(root, "test", "d", [[0, 0], [0, 0]])
    assert absent(open_folder(root, num_classes=4, class_names=["a", "b", "c", "d"])) == [
        "No pixel of train is d: it cannot be learnt.",
        "No pixel of val is b or d: their scores there say nothing.",
        "No pixel of test is b, c or d: their scores there say nothing.",
    ]


def test_generated_data_say_it_too(tmp_path: Path) -> None:
    data = _open_data(shapes_config(num_val=1, num_test=0), cache=str(tmp_path))
    assert len(absent(data)) == 1
