import re
from typing import Any

import pytest

from segsweep.config.options import conf_dir
from segsweep.core.errors import ConfigError
from segsweep.core.task import Task
from segsweep.data.augmentation.transforms import build_transforms, check_augmentation
from segsweep.validate import check_config
from tests.compose import compose
from tests.data.making import augmentation, resolution

NAMES = sorted(path.stem for path in (conf_dir() / "augmentation").glob("*.yaml"))
BINARY = Task("binary", ("background", "foreground"))
FLIP = {"_target_": "albumentations.HorizontalFlip", "p": 0.5}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("task", [BINARY, Task("multilabel", tuple("abcdef"))], ids=["binary", "six labels"])
def test_every_augmentation_works_on_rgb(name: str, task: Task) -> None:
    config = compose(f"augmentation={name}", "resolution.height=32", "resolution.width=48")
    check_augmentation(config.augmentation, config.resolution, channels=3, task=task)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "strong"])
def test_every_augmentation_without_color_works_on_gray(name: str) -> None:
    config = compose(f"augmentation={name}", "resolution.height=32", "resolution.width=48")
    check_augmentation(config.augmentation, config.resolution, channels=1, task=BINARY)


@pytest.mark.parametrize("channels", [1, 5])
def test_color_transforms_are_refused_on_other_channels(channels: int) -> None:
    config = compose("augmentation=strong", "resolution.height=32", "resolution.width=32")
    sentence = f"The augmentation HueSaturationValue does not work on images of {channels} channels"
    with pytest.raises(ConfigError, match=sentence):
        check_augmentation(config.augmentation, config.resolution, channels=channels, task=BINARY)


@pytest.mark.parametrize("name", ["none", "flip", "light", "photometric"])
def test_five_channels_take_the_simple_augmentations(name: str) -> None:
    config = compose(f"augmentation={name}", "resolution.height=32", "resolution.width=32")
    check_augmentation(config.augmentation, config.resolution, channels=5, task=BINARY)


REFUSED: dict[str, tuple[Any, str]] = {
    "a misspelt transform": (
        {"_target_": "albumentations.HorizontalFlipp"},
        "albumentations.HorizontalFlipp does not exist. Nearest: albumentations.HorizontalFlip",
    ),
    "another library": ({"_target_": "os.system", "command": "true"}, "names os.system, but only transforms of"),
    "a function of the library": ({"_target_": "albumentations.load"}, "albumentations.load does not exist."),
    "another library inside": (
        {"_target_": "albumentations.OneOf", "transforms": [{"_target_": "os.getcwd"}]},
        "names os.getcwd, but only transforms of",
    ),
    "a misspelt keyword": (
        {"_target_": "albumentations.Affine", "rotat": [-10, 10]},
        "albumentations.Affine has no keyword rotat. Did you mean rotate?",
    ),
    "a value of the wrong kind": (
        {"_target_": "albumentations.Affine", "border_mode": "mirror"},
        "albumentations.Affine refuses its keywords: 1 validation error for InitSchema border_mode Input should be",
    ),
    "a missing keyword": ({"_target_": "albumentations.RandomCrop"}, "albumentations.RandomCrop refuses its keywords"),
    "no target": ({"p": 0.5}, "names no transform"),
    "a bare name": ("HorizontalFlip", "names no transform"),
    "another size": (
        {"_target_": "albumentations.RandomCrop", "height": 16, "width": 16, "p": 1.0},
        "turn an image into 16x16x3 uint8; training needs 32x32x3 uint8",
    ),
    "normalization": ({"_target_": "albumentations.Normalize"}, "leave out Normalize and ToTensorV2"),
}


@pytest.mark.parametrize("mistake", REFUSED)
def test_what_cannot_be_run_is_refused_before_training(mistake: str) -> None:
    transform, sentence = REFUSED[mistake]
    with pytest.raises(ConfigError, match=re.escape(sentence)):
        check_augmentation(augmentation(FLIP, transform), resolution(), channels=3, task=BINARY)


def test_transforms_keep_their_order() -> None:
    names = [type(t).__name__ for t in build_transforms(augmentation({"_target_": "albumentations.Transpose"}, FLIP))]
    assert names == ["Transpose", "HorizontalFlip"]


@pytest.mark.parametrize(
    ("transforms", "sentence"),
    [
        ("[{_target_: os.system}]", "names os.system, but only transforms of albumentations are run"),
        ("[{_target_: albumentations.OneOf, transforms: [{_target_: os.getcwd}]}]", "names os.getcwd"),
        ("[HorizontalFlip]", "names no transform"),
        ("[{_target_: albumentations.OneOf, transforms: null}]", "holds None, which names no transform"),
    ],
)
def test_what_is_no_transform_is_refused_with_the_other_settings(transforms: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        check_config(compose(f"augmentation.transforms={transforms}"))
