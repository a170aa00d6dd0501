from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from segsweep.core.errors import ConfigError
from segsweep.data.base import Data
from segsweep.data.open import open_data
from segsweep.data.splits.folds import deal
from tests.data.making import make_set, open_folder, save_pair, shapes_config


def names(data: Data, split: str) -> list[str]:
    return [data.splits[split].name(index) for index in range(len(data.splits[split]))]


def shapes(fold: int | None, num_folds: int = 4, **settings: int) -> Data:
    config = shapes_config(num_train=10, num_val=5, fold=fold, num_folds=num_folds, **settings)
    return open_data(config, cache_dir=Path("unused"))


def test_every_image_validates_in_exactly_one_fold_and_trains_in_the_others() -> None:
    folds = [shapes(fold) for fold in range(4)]
    validated = Counter(name for data in folds for name in names(data, "val"))
    assert set(validated.values()) == {1}
    assert len(validated) == 10 + 5
    assert sorted(data.counts["val"] for data in folds) == [3, 4, 4, 4]
    for data in folds:
        assert sorted(names(data, "train") + names(data, "val")) == sorted(validated)
        assert names(data, "test") == names(folds[0], "test")


def test_a_fold_holds_the_images_of_the_split_that_their_names_tell() -> None:
    whole, data = shapes(None), shapes(2)
    assert whole.fingerprint == shapes(None, 5).fingerprint
    assert len({whole.fingerprint, data.fingerprint, shapes(3).fingerprint, shapes(2, 5).fingerprint}) == 4
    assert data.labelled_pixels == len(data.splits["train"]) * 32 * 32 == sum(data.class_pixels)
    split, _, index = data.splits["val"].name(1).partition("/")
    for ours, theirs in zip(data.splits["val"].load(1), whole.splits[split].load(int(index)), strict=True):
        assert np.array_equal(ours, theirs)


def test_a_folder_of_images_is_never_split_and_the_folds_are_balanced() -> None:
    images = [
        f"{person}/{number}"
        for person, count in zip("abcdef", (6, 5, 4, 3, 2, 1), strict=True)
        for number in range(count)
    ]
    folds = deal(images, 3)
    by_person = {image[0]: fold for image, fold in zip(images, folds, strict=True)}
    assert all(by_person[image[0]] == fold for image, fold in zip(images, folds, strict=True))
    assert sorted(Counter(folds).values()) == [7, 7, 7]  # 6 + 1, 5 + 2, 4 + 3


def test_folds_depend_on_the_names_alone() -> None:
    images = [f"{number:03d}" for number in range(40)]
    folds = dict(zip(images, deal(images, 5), strict=True))
    assert dict(zip(images[::-1], deal(images[::-1], 5), strict=True)) == folds
    assert [folds[name] for name in images] != sorted(folds.values())
    assert set(Counter(folds.values()).values()) == {8}


def test_a_folder_set_pools_train_and_val_though_they_hold_equal_names(tmp_path: Path) -> None:
    root = make_set(tmp_path / "set")
    save_pair(root, "val", "a", [[2, 2], [2, 2]])
    save_pair(root, "test", "t", [[0, 1], [2, 2]])
    found = [open_folder(root, fold=fold, num_folds=2) for fold in range(2)]
    assert sorted(names(found[0], "val") + names(found[1], "val")) == ["train/a", "train/b", "val/a", "val/c"]
    assert names(found[0], "train") == names(found[1], "val")
    assert found[0].counts == {"train": 2, "val": 2, "test": 1}
    assert names(found[0], "test") == ["t"]
    assert found[0].fingerprint != found[1].fingerprint
    # over both folds, each of the masks of 0 1 2 2 trains once, and so does the one of 2 2 2 2
    assert np.add(found[0].class_pixels, found[1].class_pixels).tolist() == [3, 3, 10]
    holder, place = next(
        (data, names(data, "train").index("val/a")) for data in found if "val/a" in names(data, "train")
    )
    assert holder.splits["train"].load(place)[1].tolist() == [[2, 2], [2, 2]]


def test_persons_in_folders_stay_together_over_train_and_val(tmp_path: Path) -> None:
    root = tmp_path / "set"
    for split, stem in [("train", "p1/a"), ("train", "p1/b"), ("val", "p1/c"), ("val", "p2/a"), ("train", "p3/a")]:
        save_pair(root, split, stem, [[0, 1]])
    for fold in range(3):
        data = open_folder(root, fold=fold, num_folds=3)
        assert len({name.split("/")[1] for name in names(data, "val")}) == 1


def test_more_folds_than_groups_are_refused_with_the_number_that_goes(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"num_folds=16 is too many: there are only 15 images.*data\.num_folds=15"):
        shapes(0, 16)
    root = tmp_path / "set"
    for split, stem in (("train", "p1/a"), ("train", "p1/b"), ("val", "p2/c")):
        save_pair(root, split, stem, [[0, 1]])
    with pytest.raises(ConfigError, match=r"the 3 images lie in only 2 folders.*data\.num_folds=2"):
        open_folder(root, fold=0, num_folds=3)
