"""CamVid, with masks of class indices and with masks in its own colors."""

from pathlib import Path

import numpy as np
import pytest

from segsweep.core.errors import DataError, LabelError
from segsweep.core.task import IGNORE
from segsweep.data.content import data_state
from tests.data.making import open_folder, open_pairs, pairs_config, save

SPLITS = ("train", "val", "test")


@pytest.fixture
def indices(tmp_path: Path) -> Path:
    for split in SPLITS:
        save(tmp_path / "CamVid" / split / "a_1.png", np.arange(12).reshape(2, 2, 3))
        save(tmp_path / "CamVid" / f"{split}annot" / "a_1.png", [[0, 10], [11, 3]])
    return tmp_path / "CamVid"


@pytest.fixture
def colors(tmp_path: Path) -> Path:
    sky, wall, void = (128, 128, 128), (64, 192, 0), (0, 0, 0)
    for split in SPLITS:
        save(tmp_path / "Kaggle" / split / "a_1.png", np.arange(12).reshape(2, 2, 3))
        save(tmp_path / "Kaggle" / f"{split}_labels" / "a_1_L.png", [[sky, wall], [void, sky]])
    return tmp_path / "Kaggle"


def test_masks_of_indices_have_eleven_classes_and_11_is_ignored(indices: Path) -> None:
    data = open_pairs("camvid", indices)
    assert data.counts == dict.fromkeys(SPLITS, 1)
    assert data.splits["test"].load_image(0).tolist() == np.arange(12).reshape(2, 2, 3).tolist()
    assert data.splits["test"].load_truth(0).tolist() == [[0, 10], [IGNORE, 3]]
    assert [data.task.class_names[index] for index in (0, 10, 3)] == ["sky", "bicyclist", "road"]


def test_masks_in_colors_have_the_published_classes_and_void_is_ignored(colors: Path) -> None:
    data = open_pairs("camvid32", colors)
    assert data.splits["val"].name(0) == "a_1"
    sky, wall = (data.task.class_names.index(name) for name in ("Sky", "Wall"))
    assert data.splits["val"].load_truth(0).tolist() == [[sky, wall], [IGNORE, sky]]
    assert len(data.task.class_names) == 31


def test_a_mask_without_its_image_and_an_image_without_its_mask_are_refused(indices: Path) -> None:
    (indices / "train" / "a_1.png").rename(indices / "train" / "b.png")
    with pytest.raises(
        DataError, match=r"lies in trainannot \(file train/b.png\)(.|\n)*in train \(file trainannot/a_1"
    ):
        open_pairs("camvid", indices)


def test_values_and_colors_of_no_class_are_refused(indices: Path, colors: Path) -> None:
    save(indices / "trainannot" / "a_1.png", [[0, 12], [11, 3]])
    with pytest.raises(
        LabelError, match=r"value 12 but data.num_classes=11 accepts 0 to 10 \(file trainannot/a_1.png\)"
    ):
        open_pairs("camvid", indices)
    save(colors / "train_labels" / "a_1_L.png", [[(1, 2, 3), (0, 0, 0)]] * 2)
    with pytest.raises(LabelError, match=r"color \[1, 2, 3\], which data.palette does not name"):
        open_pairs("camvid32", colors)


def test_every_image_and_mask_counts_as_content(indices: Path) -> None:
    config = pairs_config("camvid", indices)
    before = data_state(config, indices.parent)
    save(indices / "testannot" / "a_1.png", [[1, 10], [11, 3]])
    assert data_state(config, indices.parent).content != before.content


def test_the_wrong_reader_names_the_one_that_fits(indices: Path, colors: Path) -> None:
    with pytest.raises(DataError, match=r"has no trainannot \(it holds test, test_labels(.|\n)*Try data=camvid32$"):
        open_pairs("camvid", colors)
    with pytest.raises(DataError, match=r"has no train_labels(.|\n)*Try data=camvid$"):
        open_pairs("camvid32", indices)
    with pytest.raises(DataError, match=rf"Try data=camvid data.root={indices}$"):
        open_folder(indices.parent)
