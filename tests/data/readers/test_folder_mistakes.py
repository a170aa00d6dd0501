"""Each thing that can be wrong with a folder data set, and the sentence that answers it."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from segsweep.core.errors import ConfigError, DataError, LabelError
from segsweep.data.spec import check_data
from tests.data.making import folder_config, make_set, open_folder, save, save_pair

Break = Callable[[Path], Any]


def truncate(path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    save(path, noise)
    path.write_bytes(path.read_bytes()[:3000])


def turn(root: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    save(root / "train" / "images" / "a.png", np.zeros((1, 2, 3)), exif=exif)
    save(root / "train" / "masks" / "a.png", [[0, 1]])


def unpair(root: Path) -> None:
    (root / "val/images/c.png").unlink()
    save_pair(root, "val", "d", [[0]])


def make_empty_test(root: Path) -> None:
    for kind in ("images", "masks"):
        (root / "test" / kind).mkdir(parents=True)


MISTAKES: dict[str, tuple[Break, str]] = {
    "missing mask": (
        lambda root: (root / "train/masks/a.png").unlink(),
        "No mask of the same name lies in train/masks (file train/images/a.png).",
    ),
    "missing image": (
        unpair,
        "No image of the same name lies in val/images (file val/masks/c.png).",
    ),
    "another size": (
        lambda root: save(root / "train/masks/b.png", [[0, 1, 2]]),
        "The mask has another size than its image (file train/masks/b.png: mask 1x3, image 2x2 (height x width)).",
    ),
    "turned against each other": (turn, "They are turned against each other: the EXIF orientation"),
    "no split": (
        lambda root: (root / "val").rename(root / "validation"),
        "data.root has no folder val (it holds train, validation).",
    ),
    "no masks folder": (
        lambda root: (root / "val/masks").rename(root / "val/labels"),
        "data.root has no folder val/masks (it holds images, labels).",
    ),
    "empty split": (
        lambda root: (root / "val/images/c.png").rename(root / "val/images/c.dcm"),
        "val/images holds no images; files ending in .dcm are not images that can be read here.",
    ),
    "empty test split": (
        make_empty_test,
        "test/images holds no images.",
    ),
    "unreadable image": (
        lambda root: (root / "train/images/a.png").write_bytes(b"rubbish"),
        "The file cannot be read: it is damaged, cut short or no image (file train/images/a.png: no known image",
    ),
    "empty file": (
        lambda root: (root / "train/masks/a.png").write_bytes(b""),
        "(file train/masks/a.png: the file is empty)",
    ),
    "truncated image": (lambda root: truncate(root / "train/images/a.png"), "(file train/images/a.png: "),
    "duplicate stem": (
        lambda root: save(root / "train/images/a.bmp", [[0, 0], [0, 0]]),
        "(file train/images/a.png: also train/images/a.bmp)",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_broken_file_or_folder_is_named(tmp_path: Path, mistake: str) -> None:
    break_it, sentence = MISTAKES[mistake]
    break_it(make_set(tmp_path / "set"))
    with pytest.raises(DataError, match=re.escape(sentence)):
        open_folder(tmp_path / "set")


VALUES: dict[str, tuple[Any, dict[str, Any], str]] = {
    "an unknown value": (
        [[0, 7]],
        {"num_classes": 3},
        "A mask holds value 7 but data.num_classes=3 accepts 0 to 2 (file train/masks/z.png).\n"
        "Try data.num_classes=8, or data.ignore_index=7 if 7 means unlabelled.",
    ),
    "several unknown values": (
        [[3, 7, 255]],
        {"num_classes": 3},
        "A mask holds values 3, 7, 255 but data.num_classes=3 accepts 0 to 2 (file train/masks/z.png).\n"
        "Try data.num_classes=8 and data.ignore_index=255, if 255 means unlabelled.",
    ),
    "255 without an ignore_index": (
        [[0, 255]],
        {},
        "A mask holds value 255 but data.num_classes=3 accepts 0 to 2 (file train/masks/z.png).\n"
        "Try data.ignore_index=255, if 255 means unlabelled.",
    ),
    "255 beside 0 and 1 in a binary set": (
        [[0, 255]],
        {"task": "binary", "ignore_index": 2},
        "A mask holds value 255 but data.num_classes=2 accepts 0 to 1, or 0 and 255, in a binary task "
        "(file train/masks/z.png).",
    ),
    "colors without a palette": (
        [[[255, 0, 0], [0, 0, 0], [0, 0, 0]]],
        {},
        "Found: [0,0,0],[255,0,0]. Try 'data.palette=[[0,0,0],[255,0,0]]', ordered by class index.",
    ),
    "an unknown color": (
        [[[255, 0, 0], [1, 1, 1]]],
        {"palette": [[1, 1, 1], [2, 2, 2]], "num_classes": 3},
        "A mask holds the color [255, 0, 0], which data.palette does not name (file train/masks/z.png: unknown there: "
        "[255, 0, 0]).\nAdd it to data.palette, or try data.ignore_color=[255,0,0] if it means unlabelled.",
    ),
    "heights as 16-bit values": (
        None,
        {"num_classes": 3},
        "No more than 255 classes can be trained.",
    ),
}


@pytest.mark.parametrize("mistake", VALUES)
def test_an_unknown_value_gets_the_setting_to_try(tmp_path: Path, mistake: str) -> None:
    mask, settings, sentence = VALUES[mistake]
    root = make_set(tmp_path / "set")
    if mask is None:
        save_pair(root, "train", "z", [[0, 0]])
        save(root / "train" / "masks" / "z.png", [[0, 900]], np.uint16)
    else:
        save_pair(root, "train", "z", mask)
    with pytest.raises(LabelError) as caught:
        open_folder(root, **settings)
    assert sentence in str(caught.value)


def test_the_first_ten_files_are_listed_and_the_rest_is_counted(tmp_path: Path) -> None:
    root = make_set(tmp_path / "set")
    for number in range(12):
        save_pair(root, "train", f"n{number:02d}", [[9]])
    with pytest.raises(LabelError) as caught:
        open_folder(root, num_classes=3)
    lines = str(caught.value).splitlines()
    assert lines[0] == "A mask holds value 9 but data.num_classes=3 accepts 0 to 2, in 12 files:"
    assert lines[1:11] == [f"  train/masks/n{number:02d}.png" for number in range(10)]
    assert lines[11] == "  ... and 2 more"


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    root = make_set(tmp_path / "set")
    (root / "train/masks/a.png").unlink()
    (root / "val/images/c.png").write_bytes(b"rubbish")
    save_pair(root, "train", "z", [[7]])
    with pytest.raises(DataError) as caught:
        open_folder(root, num_classes=3)
    assert str(caught.value).startswith("3 kinds of problems in the data set tiny:")
    for file in ("train/images/a.png", "val/images/c.png", "train/masks/z.png"):
        assert file in str(caught.value)


def test_a_mask_saved_as_jpeg_is_told_what_jpeg_does(tmp_path: Path) -> None:
    root = make_set(tmp_path / "set")
    save(root / "train" / "images" / "z.png", np.zeros((16, 16, 3)))
    save(root / "train" / "masks" / "z.jpg", np.eye(16) * 255, quality=50)
    with pytest.raises(LabelError, match="JPEG changes the values of a mask; save masks as PNG"):
        open_folder(root, num_classes=3)


def test_masks_of_background_alone_teach_nothing(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="hold only the value 0: there is nothing to learn"):
        open_folder(make_set(tmp_path / "set", [[0, 0]]))


def test_a_root_that_is_no_folder_gets_the_nearest_name(tmp_path: Path) -> None:
    make_set(tmp_path / "camvid")
    with pytest.raises(DataError, match=r"is not a folder\. Nearest there: camvid\.\nTry data\.root=PATH"):
        open_folder(tmp_path / "camvit")


def test_images_of_another_number_of_channels_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"An image has 3 channels but data\.channels=4, in 3 files"):
        open_folder(make_set(tmp_path / "set"), channels=4)


def test_floating_point_images_need_a_value_range(tmp_path: Path) -> None:
    root = make_set(tmp_path / "set")
    (root / "val" / "images" / "c.png").unlink()
    save(root / "val" / "images" / "c.tif", [[0.5, 0], [1, 1]], np.float32)
    with pytest.raises(DataError, match=re.escape("Try data.value_range=[0,1]")):
        open_folder(root)


def test_a_multilabel_folder_that_is_no_class_is_named(tmp_path: Path) -> None:
    root = tmp_path / "set"
    for split in ("train", "val"):
        save(root / split / "images" / "a.png", np.zeros((1, 2, 3)))
        save(root / split / "masks" / "arm" / "a.png", [[0, 5]])
    with pytest.raises(DataError, match="found arm, but the classes are hand, foot"):
        open_folder(root, task="multilabel", class_names=["hand", "foot"])
    with pytest.raises(LabelError, match="A mask of one class holds value 5; accepted are 0 and 1, or 0 and 255"):
        open_folder(root)


SETTINGS: dict[str, tuple[dict[str, Any], str]] = {
    "names and number": ({"class_names": ["a", "b"], "num_classes": 3}, "2 class names were given but there are 3"),
    "a name twice": ({"class_names": ["a", "a", "b"]}, "The class name a stands twice"),
    "binary of three": ({"task": "binary", "num_classes": 3}, "data.task=binary has 2 classes"),
    "one class": ({"class_names": ["a"]}, "data.class_names gives 1 classes; accepted are 2 to 255"),
    "too many classes": ({"class_names": [str(index) for index in range(256)]}, "data.class_names gives 256 classes"),
    "a color of two numbers": ({"palette": [[0, 0, 0], [1, 2]]}, r"data.palette holds \[1, 2\]"),
    "a color twice": ({"palette": [[0, 0, 0], [0, 0, 0]]}, "data.palette names a color twice"),
    "a falling range": ({"value_range": [5.0, 1.0]}, "data.value_range takes two numbers, the lower one first"),
    "a range of three": ({"value_range": [0.0, 1.0, 2.0]}, "data.value_range takes two numbers, the lower one first"),
}


@pytest.mark.parametrize("mistake", SETTINGS)
def test_settings_that_contradict_each_other_are_refused_without_a_file(tmp_path: Path, mistake: str) -> None:
    settings, sentence = SETTINGS[mistake]
    with pytest.raises(ConfigError, match=sentence):
        check_data(folder_config(tmp_path / "nothing", **settings))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "cannot be used: Expecting property name"),
        (json.dumps({"task": "panoptic"}), "its task is panoptic"),
        (json.dumps({"classes": [{"id": 1, "name": "a"}]}), "the ids of its classes are not 0, 1, 2"),
        (json.dumps({"classes": [{"id": 0}]}), "a class has no 'name'"),
        (json.dumps([1]), "cannot be used"),
    ],
)
def test_a_dataset_json_that_cannot_be_used_is_refused(tmp_path: Path, content: str, reason: str) -> None:
    root = make_set(tmp_path / "set")
    (root / "dataset.json").write_text(content)
    with pytest.raises(DataError, match=reason):
        open_folder(root)
