import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segsweep.core.errors import DataError, LabelError
from segsweep.core.task import IGNORE
from segsweep.data.open import open_data
from tests.data.making import folder_config, pairs_config

pytestmark = pytest.mark.realdata

MOST_BETWEEN_DECODERS = 3
"""Two decoders of JPEG may round pixels otherwise."""

EXPECTED = {
    "camvid": ("multiclass", 11, {"train": 367, "val": 101, "test": 233}),
    "wbc_nucleus_cytoplasm": ("multiclass", 3, {"train": 199, "val": 50, "test": 50}),
    "em_membrane": ("binary", 2, {"train": 20, "val": 5, "test": 5}),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_real_set_opens_from_its_folder_alone(shared_data: Path, tmp_path: Path, name: str) -> None:
    kind, num_classes, counts = EXPECTED[name]
    data = open_data(folder_config(shared_data / name), cache_dir=tmp_path)
    assert (data.task.kind, len(data.task.class_names), data.counts) == (kind, num_classes, counts)
    assert min(data.class_pixels) > 0
    image, truth = data.splits["test"].load(0)
    assert image.shape == (*truth.shape, 3)
    assert set(np.unique(truth)) <= {*range(num_classes), IGNORE}


def test_camvid_without_its_json_is_told_about_value_11(shared_data: Path, tmp_path: Path) -> None:
    for split in ("train", "val"):
        shutil.copytree(shared_data / "camvid" / split, tmp_path / "set" / split)
    data = open_data(folder_config(tmp_path / "set"), cache_dir=tmp_path)
    assert data.notes[0].startswith("12 classes found in the masks (0 to 11).")
    with pytest.raises(LabelError, match=r"holds value 11 but data.num_classes=11 accepts 0 to 10, in \d+ files"):
        open_data(folder_config(tmp_path / "set", num_classes=11), cache_dir=tmp_path)


def test_a_list_of_real_files_reads_what_their_folder_reads(shared_data: Path, tmp_path: Path) -> None:
    root = shared_data / "em_membrane"
    lines = [
        f"{mask.parent.parent.name}/images/{mask.name},{mask.parent.parent.name}/masks/{mask.name},{mask.parent.parent.name}"
        for mask in sorted(root.glob("*/masks/*.png"))
    ]
    (tmp_path / "pairs.csv").write_text("\n".join(lines))
    listed = open_data(pairs_config("listing", root, list=str(tmp_path / "pairs.csv")), cache_dir=tmp_path)
    whole = open_data(folder_config(root), cache_dir=tmp_path)
    assert (listed.task, listed.counts, listed.class_pixels) == (whole.task, whole.counts, whole.class_pixels)
    for split, theirs in whole.splits.items():
        ours = listed.splits[split]
        for index in range(len(theirs)):
            assert ours.name(index) == theirs.name(index)
            assert all(np.array_equal(*both) for both in zip(ours.load(index), theirs.load(index), strict=True))


def test_pascal_voc_is_read_where_it_lies(shared_data: Path, tmp_path: Path) -> None:
    root = shared_data / "formats" / "voc" / "VOCdevkit" / "VOC2012"
    data = open_data(pairs_config("voc", root), cache_dir=tmp_path)
    assert (data.counts, len(data.task.class_names)) == ({"train": 2, "val": 1}, 21)
    for split in data.splits.values():
        for index in range(len(split)):
            image, truth = split.load(index)
            name = split.name(index)
            assert np.array_equal(truth, np.asarray(Image.open(root / "SegmentationClass" / f"{name}.png")))
            stored = np.asarray(Image.open(root / "JPEGImages" / f"{name}.jpg")).astype(int)
            assert np.abs(image - stored).max() <= MOST_BETWEEN_DECODERS
    assert [data.splits[split].name(0) for split in ("train", "val")] == ["2011_000003", "2011_000025"]


def test_native_camvid_is_read_where_it_lies(shared_data: Path, tmp_path: Path) -> None:
    root = shared_data / "formats" / "camvid_native" / "CamVid"
    data = open_data(pairs_config("camvid", root), cache_dir=tmp_path)
    assert (data.counts, data.task.class_names[8]) == ({"train": 3, "val": 2, "test": 2}, "car")
    for name, split in data.splits.items():
        for index in range(len(split)):
            image, truth = split.load(index)
            file = f"{split.name(index)}.png"
            mask = np.asarray(Image.open(root / f"{name}annot" / file))
            assert np.array_equal(truth, np.where(mask == 11, IGNORE, mask))
            assert np.array_equal(image, np.asarray(Image.open(root / name / file)))


def test_ade20k_is_read_where_it_lies(shared_data: Path, tmp_path: Path) -> None:
    root = shared_data / "formats" / "ade20k" / "ADEChallengeData2016"
    with pytest.raises(DataError, match=r"no images of the split train.*(.|\n)*data.fold=0"):
        open_data(pairs_config("ade20k", root), cache_dir=tmp_path)
    data = open_data(pairs_config("ade20k", root, fold=0, num_folds=3), cache_dir=tmp_path)
    assert data.counts == {"train": 2, "val": 1}
    for split in data.splits.values():
        for index in range(len(split)):
            file = root / "annotations" / "validation" / f"{split.name(index).removeprefix('val/')}.png"
            mask = np.asarray(Image.open(file)).astype(int)
            assert np.array_equal(split.load_truth(index), np.where(mask == 0, IGNORE, mask - 1))


def arrange(root: Path, images: list[Path], masks: list[Path]) -> Path:
    """Copy pairs into the folder layout; the first is for validation."""
    for number, (image, mask) in enumerate(zip(images, masks, strict=True)):
        for kind, source in (("images", image), ("masks", mask)):
            target = root / ("train" if number else "val") / kind
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target / f"{number}{source.suffix}")
    return root


def test_palette_masks_of_pascal_voc(shared_data: Path, tmp_path: Path) -> None:
    voc = shared_data / "formats" / "voc" / "VOCdevkit" / "VOC2012"
    masks = sorted((voc / "SegmentationClass").glob("*.png"))
    images = [voc / "JPEGImages" / f"{mask.stem}.jpg" for mask in masks]
    root = arrange(tmp_path / "set", images, masks)
    with pytest.raises(DataError, match=r"Try data\.ignore_index=255, if 255 means unlabelled"):
        open_data(folder_config(root), cache_dir=tmp_path)
    data = open_data(folder_config(root, num_classes=21, ignore_index=255), cache_dir=tmp_path)
    assert data.labelled_pixels < sum(h * w for h, w in map(data.splits["train"].size_px, range(len(masks) - 1)))


def test_color_coded_masks_of_crops_and_weeds(shared_data: Path, tmp_path: Path) -> None:
    crops = shared_data / "formats" / "rgb_colour_masks"
    images = sorted((crops / "images").glob("*.png"))
    masks = [crops / "annotations" / image.name.replace("_image", "_annotation") for image in images]
    root = arrange(tmp_path / "set", images, masks)
    with pytest.raises(LabelError, match="The masks are colored"):
        open_data(folder_config(root), cache_dir=tmp_path)
    palette = [[0, 0, 0], [255, 0, 0], [0, 255, 0]]
    data = open_data(folder_config(root, palette=palette, class_names=["soil", "weed", "crop"]), cache_dir=tmp_path)
    assert data.class_pixels[0] > data.class_pixels[1] > 0
