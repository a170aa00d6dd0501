from pathlib import Path
from typing import Any

import numpy as np
import pytest

from segsweep.config.declare import check_values
from segsweep.core.errors import ConfigError
from segsweep.data.base import Data
from segsweep.data.open import open_data
from tests.data.making import shapes_config


def opened(**settings: Any) -> Data:
    return open_data(shapes_config(**settings), cache_dir=Path("unused"))


@pytest.mark.parametrize(
    ("task", "names"),
    [
        ("binary", ("background", "shape")),
        ("multiclass", ("background", "circle", "box", "triangle")),
        ("multilabel", ("circle", "box", "triangle")),
    ],
)
def test_every_task_has_its_classes_and_honest_counts(task: str, names: tuple[str, ...]) -> None:
    data = opened(task=task)
    assert data.task.class_names == names
    assert data.counts == {"train": 10, "val": 5, "test": 3}
    truths = np.stack([data.splits["train"].load(index)[1] for index in range(10)])
    if task == "multilabel":
        assert data.class_pixels == tuple(int(truths[..., layer].sum()) for layer in range(3))
    else:
        assert data.class_pixels == tuple(int((truths == index).sum()) for index in range(len(names)))
        assert sum(data.class_pixels) == data.labelled_pixels == 10 * 32 * 32


@pytest.mark.parametrize("channels", [1, 3, 5])
def test_an_image_has_the_wanted_size_and_channels(channels: int) -> None:
    image, truth = opened(channels=channels, size=48).splits["val"].load(2)
    assert (image.shape, truth.shape) == ((48, 48, channels), (48, 48))
    assert image.dtype == np.uint8


def test_an_image_is_the_same_whatever_was_drawn_before() -> None:
    train = opened().splits["train"]
    first = train.load(7)[0].copy()
    train.load(3)
    assert np.array_equal(opened(num_train=8).splits["train"].load(7)[0], first)


def test_no_image_occurs_twice_over_all_splits() -> None:
    data = opened()
    images = {split.load(index)[0].tobytes() for split in data.splits.values() for index in range(len(split))}
    assert len(images) == 10 + 5 + 3


def test_another_seed_gives_other_images_and_another_fingerprint() -> None:
    other = opened(shapes_seed=1)
    assert not np.array_equal(other.splits["train"].load(0)[0], opened().splits["train"].load(0)[0])
    assert other.fingerprint != opened().fingerprint


def test_shapes_overlap_in_the_multilabel_truth() -> None:
    train = opened(task="multilabel", num_train=20).splits["train"]
    assert max(train.load(index)[1].sum(axis=2).max() for index in range(20)) >= 2


def test_without_test_images_there_is_no_test_split() -> None:
    assert set(opened(num_test=0).splits) == {"train", "val"}


@pytest.mark.parametrize(("key", "value"), [("size", 8), ("num_val", 0), ("num_train", 0), ("channels", 0)])
def test_a_setting_out_of_range_is_refused(key: str, value: int) -> None:
    with pytest.raises(ConfigError, match=f"data.{key}={value} is out of range: it must be "):
        check_values(shapes_config(**{key: value}), "data.")
