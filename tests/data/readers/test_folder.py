"""What the folder reader makes of data sets that are in order."""

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from segsweep.core.errors import ConfigError
from segsweep.core.task import IGNORE, Task
from segsweep.data.listing import listing_fingerprint
from segsweep.data.pairs import scan as scan_module
from segsweep.data.pairs.found import Pair
from segsweep.data.pairs.label_spec import check_pairs
from tests.data.making import folder_config, make_set, open_folder, save, save_pair


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
    assert data.notes == (
        "From dataset.json: task multiclass; class_names sky, road; ignore_index 2; palette of 2 colors.",
    )
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


def save_deep(root: Path, most: int) -> Path:
    """Write a set whose images, 16 bits per channel, hold 0, a fourth, a half and all of a value."""
    make_set(root)
    for split, stem in (("train", "a"), ("train", "b"), ("val", "c")):
        deep = np.array([[0, most // 4], [most // 2, most]], dtype=np.uint16)
        (root / split / "images" / f"{stem}.png").write_bytes(cv2.imencode(".png", deep)[1].tobytes())
    return root


@pytest.mark.parametrize(("most", "bits"), [(200, 8), (1000, 10), (4095, 12), (9000, 14), (65535, 16)])
def test_the_bits_that_training_images_use_become_0_to_255(tmp_path: Path, most: int, bits: int) -> None:
    data = open_folder(save_deep(tmp_path / "set", most), channels=1)
    expected = [round(value / (2**bits - 1) * 255) for value in (0, most // 4, most // 2, most)]
    assert data.splits["val"].load(0)[0].ravel().tolist() == expected
    assert data.bit_depth == bits
    assert (
        f"hold values from 0 to {most}: {bits} bits are used, so 0 to {2**bits - 1} becomes 0 to 255" in data.notes[1]
    )


def test_the_bits_or_the_range_may_be_set(tmp_path: Path) -> None:
    root = save_deep(tmp_path / "set", 4095)
    whole = open_folder(root, channels=1, bit_depth=16)
    assert whole.splits["val"].load(0)[0].ravel().tolist() == [0, 4, 8, 16]  # 4095 / 65535 * 255 = 15.9
    ranged = open_folder(root, channels=1, value_range=[0.0, 2047.0])
    assert ranged.splits["val"].load(0)[0].ravel().tolist() == [0, 127, 255, 255]
    assert (len(whole.notes), len(ranged.notes)) == (1, 1)
    with pytest.raises(ConfigError, match="Leave one of them null"):
        check_pairs(folder_config(root, bit_depth=12, value_range=[0.0, 2047.0]))


def test_images_of_8_bits_beside_deep_ones_are_left_alone(tmp_path: Path) -> None:
    root = save_deep(tmp_path / "set", 4095)
    save(root / "train" / "images" / "a.png", [[0, 50], [100, 255]])
    assert open_folder(root, channels=1).splits["train"].load(0)[0].ravel().tolist() == [0, 50, 100, 255]


def test_signed_values_keep_the_range_of_their_type(tmp_path: Path) -> None:
    root = make_set(tmp_path / "set")
    for split, stem in (("train", "a"), ("train", "b"), ("val", "c")):
        (root / split / "images" / f"{stem}.png").unlink()
        np.save(root / split / "images" / f"{stem}.npy", np.array([[-1000, 0], [1000, 3000]], dtype=np.int16))
    data = open_folder(root, channels=1)
    assert data.bit_depth is None
    assert data.splits["val"].load(0)[0].ravel().tolist() == [124, 128, 131, 139]
    assert "data.value_range=[-1000,3000]" in data.notes[1]


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
