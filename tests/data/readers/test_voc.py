"""Pascal VOC: masks of palette indices, 255 where nothing is labelled, splits from lists."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segsweep.core.errors import DataError, LabelError
from segsweep.data.content import data_state
from tests.data.making import make_set, open_folder, open_pairs, pairs_config, save


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "VOCdevkit" / "VOC2012"
    lists = root / "ImageSets" / "Segmentation"
    lists.mkdir(parents=True)
    for name, split in (("2007_1", "train"), ("2007_2", "val")):
        save(root / "JPEGImages" / f"{name}.jpg", np.full((2, 2, 3), 90))
        mask = Image.fromarray(np.array([[0, 15], [20, 255]], dtype=np.uint8), mode="P")
        mask.putpalette([0, 0, 0, 128, 0, 0] * 128)  # Pillow writes fewer bits for a shorter one
        (root / "SegmentationClass").mkdir(exist_ok=True)
        mask.save(root / "SegmentationClass" / f"{name}.png")
        (lists / f"{split}.txt").write_text(f"{name}\n")
    return root


def test_masks_hold_palette_indices_and_255_is_ignored(root: Path) -> None:
    data = open_pairs("voc", root)
    assert data.splits["val"].name(0) == "2007_2"
    assert data.splits["val"].load_truth(0).tolist() == [[0, 15], [20, 255]]
    assert (len(data.task.class_names), data.task.class_names[15], data.labelled_pixels) == (21, "person", 3)
    assert data.counts == {"train": 1, "val": 1}


def test_test_images_without_masks_are_left_out_and_a_note_says_so(root: Path) -> None:
    (root / "ImageSets" / "Segmentation" / "test.txt").write_text("2008_1\n2008_2\n")
    data = open_pairs("voc", root)
    assert data.counts == {"train": 1, "val": 1}
    assert data.notes[0] == "No image of ImageSets/Segmentation/test.txt has a mask, so there is no test split."


def test_images_in_no_list_change_nothing_and_the_lists_do(root: Path) -> None:
    config = pairs_config("voc", root)
    before, data = data_state(config, root.parent), open_pairs("voc", root)
    save(root / "JPEGImages" / "2009_1.jpg", np.zeros((2, 2, 3)))
    assert data_state(config, root.parent) == before
    (root / "ImageSets" / "Segmentation" / "train.txt").write_text("2007_2\n")
    (root / "ImageSets" / "Segmentation" / "val.txt").write_text("2007_1\n")
    assert data_state(config, root.parent).content != before.content
    assert open_pairs("voc", root).fingerprint != data.fingerprint


@pytest.mark.parametrize(
    ("gone", "says"),
    [
        ("JPEGImages/2007_1.jpg", r"is not there \(file JPEGImages/2007_1.jpg\)"),
        ("SegmentationClass/2007_2.png", r"is not there \(file SegmentationClass/2007_2.png\)"),
        ("ImageSets/Segmentation/val.txt", "list ImageSets/Segmentation/val.txt cannot be read: No such file"),
    ],
)
def test_a_part_that_is_missing_is_named(root: Path, gone: str, says: str) -> None:
    (root / gone).unlink()
    with pytest.raises(DataError, match=says):
        open_pairs("voc", root)


def test_a_value_that_is_no_class_is_refused(root: Path) -> None:
    save(root / "SegmentationClass" / "2007_1.png", [[0, 21], [20, 255]])
    with pytest.raises(LabelError, match=r"value 21 but data.num_classes=21 accepts 0 to 20 \(file .*2007_1.png\)"):
        open_pairs("voc", root)


def test_the_wrong_reader_names_the_one_that_fits(root: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"data.root has no folder train (.|\n)*Try data=voc$"):
        open_folder(root)
    with pytest.raises(DataError, match=rf"Try data=voc data\.root={root}$"):
        open_folder(tmp_path)
    with pytest.raises(
        DataError, match=rf"has no JPEGImages \(it holds VOC2012\)(.|\n)*Try data=voc data\.root={root}$"
    ):
        open_pairs("voc", root.parent)
    with pytest.raises(DataError, match=r"No file there ends in csv(.|\n)*Try data=voc$"):
        open_pairs("listing", root, list="x.csv")
    with pytest.raises(DataError, match=r"has no ImageSets/Segmentation (.|\n)*Try data=folder$"):
        open_pairs("voc", make_set(tmp_path / "set"))
