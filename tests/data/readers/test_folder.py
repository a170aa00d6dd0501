"""What the folder reader makes of data sets that are in order."""

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from segsweep.core.task import IGNORE, Task
from segsweep.data.listing import listing_fingerprint
from segsweep.data.readers import scan as scan_module
from segsweep.data.readers.pairing import Pair
from tests.data.making import make_set, open_folder, save, save_pair


def test_classes_are_inferred_from_the_training_masks_and_a_note_says_so(tmp_path: Path) -> None:
    data = open_folder(make_set(tmp_path / "set"))
    assert data.task == Task("multiclass", ("class_0", "class_1", "class_2"))
    assert data.counts == {"train": 2, "val": 1}
    # two training masks of one 0, one 1 and two 2
    assert (data.class_pixels, data.labelled_pixels) == ((2, 2, 4), 8)
    assert data.notes == (
        "3 classes found in the masks (0 to 2). If one of them marks unlabelled pixels: data.ignore_index=2",
    )


def test_images_and_masks_pair_by_name_whatever_their_ending_and_depth(tmp_path: Path) -> None:
    root = make_set(tmp_path / "set")
    save(root / "train" / "images" / "deep" / "z.1.bmp", np.full((1, 2, 3), 9))
    save(root / "train" / "masks" / "deep" / "z.1.png", [[1, 0]])
    (root / "train" / "images" / ".DS_Store").write_text("x")
    (root / "train" / "images" / "Thumbs.db").write_text("x")
    train = open_folder(root).splits["train"]
    assert [train.name(index) for index in range(3)] == ["a", "b", "deep/z.1"]
    image, truth = train.load(2)
    assert (image.tolist(), truth.tolist()) == ([[[9] * 3, [9] * 3]], [[1, 0]])
    assert train.size_px(2) == (1, 2)


@pytest.mark.parametrize("high", [1, 255])
def test_0_1_and_0_255_are_binary(tmp_path: Path, high: int) -> None:
    data = open_folder(make_set(tmp_path / "set", [[0, high], [0, 0]]))
    assert data.task == Task("binary", ("background", "foreground"))
    assert data.splits["val"].load(0)[1].tolist() == [[0, 1], [0, 0]]
    assert data.class_pixels == (6, 2)


def test_the_ignored_value_becomes_255_and_is_not_counted(tmp_path: Path) -> None:
    data = open_folder(make_set(tmp_path / "set"), ignore_index=2)
    assert data.task.kind == "binary"
    assert data.splits["train"].load(0)[1].tolist() == [[0, 1], [IGNORE, IGNORE]]
    assert (data.class_pixels, data.labelled_pixels) == ((2, 2), 4)


def test_an_explicit_multiclass_task_with_two_classes_stays_multiclass(tmp_path: Path) -> None:
    data = open_folder(make_set(tmp_path / "set", [[0, 1]]), task="multiclass", class_names=["soil", "crop"])
    assert (data.task.kind, data.task.num_outputs) == ("multiclass", 2)


def test_dataset_json_fills_what_the_config_leaves_open(tmp_path: Path) -> None:
    root = make_set(tmp_path / "set")
    classes = [{"id": 1, "name": "road", "color": [9, 9, 9]}, {"id": 0, "name": "sky", "color": [0, 0, 0]}]
    (root / "dataset.json").write_text(json.dumps({"task": "multiclass", "classes": classes, "ignore_index": 2}))
    data = open_folder(root)
    assert data.task == Task("multiclass", ("sky", "road"))
    assert data.splits["train"].load(0)[1].tolist() == [[0, 1], [IGNORE, IGNORE]]
    assert data.notes == ()
    won = open_folder(root, task="multiclass", class_names=["a", "b", "c"], ignore_index=1)
    assert won.task.class_names == ("a", "b", "c")
    assert won.splits["train"].load(0)[1].tolist() == [[0, IGNORE], [2, 2]]


def test_color_coded_masks_follow_the_palette(tmp_path: Path) -> None:
    root = make_set(tmp_path / "set", [[[0, 0, 0], [255, 0, 0]], [[0, 255, 0], [9, 9, 9]]])
    palette = [[0, 0, 0], [255, 0, 0], [0, 255, 0]]
    data = open_folder(root, palette=palette, ignore_color=[9, 9, 9])
    assert data.splits["val"].load(0)[1].tolist() == [[0, 1], [2, IGNORE]]
    assert data.task.num_outputs == 3


def test_a_gray_palette_of_the_config_decodes_gray_masks(tmp_path: Path) -> None:
    root = make_set(tmp_path / "set", [[0, 128], [255, 128]])
    data = open_folder(root, palette=[[0, 0, 0], [128, 128, 128], [255, 255, 255]])
    assert data.splits["val"].load(0)[1].tolist() == [[0, 1], [2, 1]]


def test_indices_saved_as_gray_rgb_need_no_palette(tmp_path: Path) -> None:
    root = make_set(tmp_path / "set", [[[0] * 3, [1] * 3], [[2] * 3, [2] * 3]])
    assert open_folder(root).splits["val"].load(0)[1].tolist() == [[0, 1], [2, 2]]


def test_palette_files_give_their_index(tmp_path: Path) -> None:
    root = make_set(tmp_path / "set")
    mask = Image.fromarray(np.array([[2, 1], [0, 0]], dtype=np.uint8), "P")
    mask.putpalette([0, 0, 0, 128, 0, 0, 0, 128, 0])
    mask.save(root / "val" / "masks" / "c.png")
    assert open_folder(root).splits["val"].load(0)[1].tolist() == [[2, 1], [0, 0]]


def test_multilabel_masks_lie_in_one_folder_per_class(tmp_path: Path) -> None:
    root = tmp_path / "set"
    for split in ("train", "val"):
        save(root / split / "images" / "a.png", np.zeros((1, 3, 3)))
        save(root / split / "masks" / "arm" / "a.png", [[0, 255, 255]])
    save(root / "train" / "masks" / "hand" / "a.png", [[0, 0, 1]])
    data = open_folder(root)
    assert data.task == Task("multilabel", ("arm", "hand"))
    assert data.splits["train"].load(0)[1].tolist() == [[[0, 0], [1, 0], [1, 1]]]
    assert data.splits["val"].load(0)[1].tolist() == [[[0, 0], [1, 0], [1, 0]]]
    assert (data.class_pixels, data.labelled_pixels) == ((2, 1), 3)
    assert "one folder per class" in data.notes[0]


def test_deep_images_are_scaled_and_a_note_tells_their_range(tmp_path: Path) -> None:
    root = make_set(tmp_path / "set")
    for split, stem in (("train", "a"), ("train", "b"), ("val", "c")):
        deep = np.array([[0, 4095], [2000, 1000]], dtype=np.uint16)
        (root / split / "images" / f"{stem}.png").write_bytes(cv2.imencode(".png", deep)[1].tobytes())
    data = open_folder(root, channels=1)
    assert data.splits["val"].load(0)[0].ravel().tolist() == [0, 16, 8, 4]  # 4095 / 65535 * 255 = 15.9
    assert "data.value_range=[0,4095]" in data.notes[1]
    ranged = open_folder(root, channels=1, value_range=[0.0, 4095.0])
    assert ranged.splits["val"].load(0)[0].ravel().tolist() == [0, 255, 125, 62]
    assert len(ranged.notes) == 1


@pytest.mark.parametrize(("channels", "pixel"), [(1, [3]), (3, [3, 3, 3])])
def test_images_get_the_channels_of_the_config(tmp_path: Path, channels: int, pixel: list[int]) -> None:
    image, _ = open_folder(make_set(tmp_path / "set"), channels=channels).splits["train"].load(0)
    assert image[1, 1].tolist() == pixel


def test_four_channels_are_read_as_stored(tmp_path: Path) -> None:
    root = make_set(tmp_path / "set")
    for split, stem in (("train", "a"), ("train", "b"), ("val", "c")):
        save(root / split / "images" / f"{stem}.png", np.full((2, 2, 4), (1, 2, 3, 4)))
    assert open_folder(root, channels=4).splits["val"].load(0)[0][0, 0].tolist() == [1, 2, 3, 4]


def test_the_fingerprint_follows_the_content_not_the_place_or_the_time(tmp_path: Path) -> None:
    root = make_set(tmp_path / "set")
    before = open_folder(root).fingerprint
    moved = Path(shutil.copytree(root, tmp_path / "elsewhere" / "other"))
    assert open_folder(moved).fingerprint == before
    save_pair(moved, "val", "c", [[1, 1], [1, 1]])
    assert open_folder(moved).fingerprint != before


def test_the_listing_fingerprint_notices_a_new_file(tmp_path: Path) -> None:
    root = make_set(tmp_path / "set")
    before = listing_fingerprint(root)
    assert listing_fingerprint(root) == before
    save_pair(root, "val", "d", [[1]])
    assert listing_fingerprint(root) != before


def test_unchanged_files_are_opened_once_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_set(tmp_path / "set")
    opened: list[str] = []
    inspect = scan_module._inspect

    def counted(root: Path, pair: Pair) -> object:
        opened.append(pair.stem)
        return inspect(root, pair)

    monkeypatch.setattr(scan_module, "_inspect", counted)
    first = open_folder(root)
    assert open_folder(root).fingerprint == first.fingerprint
    assert sorted(opened) == ["a", "b", "c"]
    assert open_folder(root, ignore_index=2).task.kind == "binary"  # other labels, the same files
    assert sorted(opened) == ["a", "b", "c"]
    save_pair(root, "val", "c", [[1, 1, 1]])
    open_folder(root)
    assert sorted(opened) == ["a", "a", "b", "b", "c", "c"]


def test_a_cache_that_is_broken_or_cannot_be_written_does_not_matter(tmp_path: Path) -> None:
    root = make_set(tmp_path / "set")
    first = open_folder(root)
    for verdict in (tmp_path / "cache" / "data").glob("*.json"):
        verdict.write_text("[{]")
    assert open_folder(root).class_pixels == first.class_pixels
    shutil.rmtree(tmp_path / "cache")
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert open_folder(root).class_pixels == first.class_pixels
