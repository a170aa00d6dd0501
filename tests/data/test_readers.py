"""What holds for every reader: the package's and a plugin's."""

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from segsweep.core.errors import ConfigError, DataError, LabelError
from segsweep.core.task import IGNORE
from segsweep.data.augmentation.spec import TRANSFORMS
from segsweep.data.augmentation.transforms import build_transforms
from segsweep.data.base import Data, Split
from segsweep.data.listing import data_listing, require_root
from segsweep.data.open import describe, open_data
from segsweep.data.spec import READERS, DataConfig, check_data
from tests.data.making import augmentation, folder_config, pairs_config, save, save_pair, shapes_config

IMAGES = (("train", "a"), ("train", "b"), ("train", "c"), ("val", "a"), ("val", "d"), ("test", "t"))
"""Two splits hold an image of one name."""
MASK = ((0, 1), (1, 1))


def folder(root: Path, **settings: Any) -> DataConfig:
    for split, stem in IMAGES:
        save_pair(root, split, stem, MASK)
    return folder_config(root, **settings)


def listing(root: Path, **settings: Any) -> DataConfig:
    for split, stem in IMAGES:
        save(root / "pictures" / split / f"{stem}.png", np.arange(12).reshape(2, 2, 3))
        save(root / "truth" / f"{split}_{stem}.png", MASK)
    lines = [f"{split},truth/{split}_{stem}.png,pictures/{split}/{stem}.png" for split, stem in IMAGES]
    (root / "pairs.csv").write_text("\n".join(["split,mask,image", *lines]))
    return pairs_config("listing", root, list="pairs.csv", **settings)


def voc(root: Path, **settings: Any) -> DataConfig:
    for split in ("train", "val", "test"):
        stems = [stem for name, stem in IMAGES if name == split]
        for stem in stems:
            save(root / "JPEGImages" / f"{stem}.jpg", np.arange(12).reshape(2, 2, 3))
            save(root / "SegmentationClass" / f"{stem}.png", MASK)
        place = root / "ImageSets" / "Segmentation" / f"{split}.txt"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("\n".join(stems) + "\n")
    return pairs_config("voc", root, **{"task": "binary", "class_names": None, **settings})


def camvid(root: Path, **settings: Any) -> DataConfig:
    for split, stem in IMAGES:
        save(root / split / f"{stem}.png", np.arange(12).reshape(2, 2, 3))
        save(root / f"{split}annot" / f"{stem}.png", MASK)
    return pairs_config("camvid", root, **{"task": "binary", "class_names": None, **settings})


def camvid32(root: Path, **settings: Any) -> DataConfig:
    colors = np.array(((0, 0, 0), (64, 0, 128)))
    for split, stem in IMAGES:
        save(root / split / f"{stem}.png", np.arange(12).reshape(2, 2, 3))
        save(root / f"{split}_labels" / f"{stem}_L.png", colors[np.array(MASK)])
    binary = {"task": "binary", "class_names": None, "palette": colors.tolist(), "ignore_color": None}
    return pairs_config("camvid32", root, **{**binary, **settings})


def ade20k(root: Path, **settings: Any) -> DataConfig:
    folders = {"train": "training", "val": "validation"}
    for split, stem in IMAGES:
        if split in folders:
            save(root / "images" / folders[split] / f"{stem}.jpg", np.arange(12).reshape(2, 2, 3))
            save(root / "annotations" / folders[split] / f"{stem}.png", np.array(MASK) + 1)
    return pairs_config("ade20k", root, **settings)


def shapes(root: Path, **settings: Any) -> DataConfig:
    return shapes_config(task="binary", num_train=3, num_val=2, num_test=1, **settings)


def stems(root: Path, **settings: Any) -> DataConfig:
    for split, stem in IMAGES:
        save(root / split / f"{stem}_mask.png", np.array(MASK) * 255)
        save(root / split / f"{stem}.png", np.arange(12).reshape(2, 2, 3))
    fixed = {"name": "stems", "reader": "stems", "pretrained": None, "channels": 3, "fold": None, "num_folds": 5}
    fixed["group"] = None
    return READERS["stems"].settings(**{**fixed, "root": str(root), **settings})


CASES: dict[str, Callable[..., DataConfig]] = {
    "shapes": shapes,
    "folder": folder,
    "listing": listing,
    "voc": voc,
    "camvid": camvid,
    "camvid32": camvid32,
    "ade20k": ade20k,
    "stems": stems,
}
"""For each reader a small data set of two classes: three images train, two validate, one is tested if it can be."""
WITHOUT_TEST = {"ade20k"}
MANY_CLASSES = {"ade20k"}


@pytest.fixture(autouse=True)
def plugin(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Add what tests/data/stems.py adds, for the length of a test."""
    monkeypatch.setattr(READERS, "_rows", dict(READERS))
    monkeypatch.setattr(TRANSFORMS, "_rows", dict(TRANSFORMS))
    module = importlib.import_module("tests.data.stems")
    READERS.add(module.STEMS)
    TRANSFORMS.add(module.INVERT)
    return module


def opened(reader: str, folder: Path, **settings: Any) -> Data:
    config = CASES[reader](folder / "set", **settings)
    check_data(config)
    require_root(config)
    return open_data(config, cache_dir=folder / "cache")


def names(data: Data, split: str) -> list[str]:
    found = data.splits.get(split)
    return [] if found is None else [found.name(index) for index in range(len(found))]


def test_every_reader_is_tested_here() -> None:
    assert CASES.keys() == READERS.keys()


@pytest.mark.parametrize("reader", CASES)
@pytest.mark.parametrize("channels", [1, 3])
def test_images_and_truths_are_what_the_description_says(tmp_path: Path, reader: str, channels: int) -> None:
    data = opened(reader, tmp_path, channels=channels)
    assert data.counts == {"train": 3, "val": 2} | ({} if reader in WITHOUT_TEST else {"test": 1})
    assert (data.channels, data.task.kind) == (channels, "multiclass" if reader in MANY_CLASSES else "binary")
    for split in data.splits.values():
        for index in range(len(split)):
            image, truth = split.load(index)
            assert image.shape == (*split.size_px(index), channels)
            assert (str(image.dtype), str(truth.dtype)) == ("uint8", "uint8")
            assert truth.shape == image.shape[:2]
            assert set(np.unique(truth)) <= {0, 1, IGNORE}
            assert np.array_equal(split.load_image(index), image)
            assert np.array_equal(split.load_truth(index), truth)


@pytest.mark.parametrize("reader", CASES)
def test_the_pixels_of_the_training_truths_are_counted(tmp_path: Path, reader: str) -> None:
    data = opened(reader, tmp_path)
    truths = [data.splits["train"].load_truth(index) for index in range(3)]
    assert data.class_pixels == tuple(
        sum(int((truth == value).sum()) for truth in truths) for value in range(len(data.task.class_names))
    )
    assert data.labelled_pixels == sum(data.class_pixels) > 0


@pytest.mark.parametrize("reader", CASES)
def test_over_the_folds_every_image_validates_once_and_the_test_images_stay(tmp_path: Path, reader: str) -> None:
    whole = opened(reader, tmp_path)
    folds = [opened(reader, tmp_path, fold=fold, num_folds=2) for fold in (0, 1)]
    validated = [name for data in folds for name in names(data, "val")]
    assert sorted(validated) == sorted(f"{split}/{name}" for split in ("train", "val") for name in names(whole, split))
    assert names(folds[0], "train") == names(folds[1], "val")
    assert names(folds[0], "test") == names(folds[1], "test") == names(whole, "test")
    assert len({whole.fingerprint, *(data.fingerprint for data in folds)}) == 3
    split, _, name = names(folds[0], "train")[0].partition("/")
    place = names(whole, split).index(name)
    for ours, theirs in zip(folds[0].splits["train"].load(0), whole.splits[split].load(place), strict=True):
        assert np.array_equal(ours, theirs)
    assert folds[0].splits["train"].size_px(0) == whole.splits[split].size_px(place)


@pytest.mark.parametrize("reader", CASES)
def test_a_fold_beyond_the_last_and_too_many_folds_are_refused(tmp_path: Path, reader: str) -> None:
    with pytest.raises(ConfigError, match=r"data.fold=2 does not exist"):
        opened(reader, tmp_path, fold=2, num_folds=2)
    with pytest.raises(ConfigError, match=r"data.num_folds=6 is too many: there are only 5 images"):
        opened(reader, tmp_path, fold=0, num_folds=6)


@pytest.mark.parametrize("reader", CASES)
def test_the_same_set_has_the_same_fingerprint(tmp_path: Path, reader: str) -> None:
    assert opened(reader, tmp_path / "here").fingerprint == opened(reader, tmp_path / "there").fingerprint


@pytest.mark.parametrize("reader", [reader for reader in CASES if reader != "shapes"])
def test_what_lies_in_a_folder_is_listed_and_its_absence_told(tmp_path: Path, reader: str) -> None:
    config = CASES[reader](tmp_path / "set")
    before = data_listing(config)
    assert before is not None
    assert data_listing(config) == before
    next((tmp_path / "set").rglob("a.*")).write_bytes(b"x")
    assert data_listing(config) != before
    (tmp_path / "set").rename(tmp_path / "sets")
    with pytest.raises(DataError, match=r"is not a folder\. Nearest there: sets"):
        require_root(config)


def test_data_that_lies_nowhere_has_no_listing(tmp_path: Path) -> None:
    assert data_listing(shapes(tmp_path)) is None


def test_a_reader_that_is_not_there_or_of_other_settings_is_refused() -> None:
    with pytest.raises(
        ConfigError, match=r"data.reader=folders does not exist. Nearest: folder. All: shapes, folder, "
    ):
        check_data(shapes_config(reader="folders"))
    with pytest.raises(ConfigError, match=r"data.reader=folder has other settings than those chosen here. Type data="):
        check_data(shapes_config(reader="folder"))


class Wrong(Split):
    """A split whose truth holds a class that nobody named."""

    def __len__(self) -> int:
        return 1

    def name(self, index: int) -> str:
        return f"a{index}"

    def load_image(self, index: int) -> Any:
        return np.full((2, 2, 3), index, dtype=np.uint8)

    def load_truth(self, index: int) -> Any:
        return np.array([[0, 7], [IGNORE, index]], dtype=np.uint8)


def test_a_plugin_that_hands_over_an_unknown_class_or_no_data_is_answered(
    tmp_path: Path, plugin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = opened("stems", tmp_path).task
    with pytest.raises(LabelError, match="The truth of the image a0 holds 7; accepted are 0 to 1, and 255 where"):
        describe(shapes_config(), task, {"train": Wrong(), "val": Wrong()}, fingerprint="x")
    monkeypatch.setattr(plugin, "open_stems", lambda *_: {})
    with pytest.raises(ConfigError, match=r"The reader stems returns dict, not segsweep.data.base.Data"):
        opened("stems", tmp_path)
    monkeypatch.setattr(plugin, "open_stems", lambda config: {"config": config})
    with pytest.raises(ConfigError, match=r"tests.data.stems:open_stems\(config\) is called as \(StemsConfig, "):
        opened("stems", tmp_path)


def test_a_transform_of_a_plugin_is_run_once_it_is_registered(plugin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = augmentation({"_target_": "tests.data.stems.Invert", "p": 1.0})
    (invert,) = build_transforms(entry)
    assert invert(image=np.full((1, 1, 3), 5, dtype=np.uint8))["image"].tolist() == [[[250] * 3]]
    inside = {"_target_": "albumentations.OneOf", "transforms": entry.transforms, "p": 1.0}
    assert len(build_transforms(augmentation(inside))) == 1
    with pytest.raises(ConfigError, match="has no keyword q"):
        build_transforms(augmentation({"_target_": "tests.data.stems.Invert", "q": 1.0}))
    monkeypatch.setattr(plugin, "Invert", print)
    with pytest.raises(ConfigError, match="which a plugin adds, is no transform"):
        build_transforms(entry)
    monkeypatch.setattr(TRANSFORMS, "_rows", {})
    with pytest.raises(ConfigError, match="only transforms of albumentations are run"):
        build_transforms(entry)
