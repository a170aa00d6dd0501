"""Masks stay on their image in every augmentation, and what an image is filled with has no class."""

import inspect
import warnings
from typing import Any

import numpy as np
import pytest

from segsweep.config.options import conf_dir
from segsweep.core.task import IGNORE
from segsweep.data.augmentation.transforms import albumentations, build_transforms
from tests.compose import compose
from tests.data.making import augmentation

A = albumentations()
PRESETS = sorted(path.stem for path in (conf_dir() / "augmentation").glob("*.yaml"))
SIZE = 64
NEEDED: dict[str, dict[str, Any]] = {
    "Affine": {"scale": [0.5, 0.8], "rotate": [-40, 40], "translate_percent": [-0.2, 0.2], "shear": [-10, 10]},
    "Crop": {"x_min": 10, "y_min": 10, "x_max": 80, "y_max": 80, "pad_if_needed": True},
    "CenterCrop": {"height": 80, "width": 80, "pad_if_needed": True},
    "RandomCrop": {"height": 80, "width": 80, "pad_if_needed": True},
    "RandomResizedCrop": {"size": [SIZE, SIZE], "scale": [0.5, 0.9]},
    "RandomSizedCrop": {"size": [SIZE, SIZE], "min_max_height": [40, 60]},
    "RandomScale": {"scale_limit": [0.2, 0.5]},
    "Resize": {"height": 90, "width": 110},
    "LongestMaxSize": {"max_size": 128},
    "SmallestMaxSize": {"max_size": 128},
    "GridElasticDeform": {"num_grid_xy": [4, 4], "magnitude": 3},
    "Pad": {"padding": 8},
    "PadIfNeeded": {"min_height": 80, "min_width": 80},
    "CropAndPad": {"px": [2, 10]},
    "GridDistortion": {"distort_limit": 0.4},
    "OpticalDistortion": {"distort_limit": 0.5},
    "ThinPlateSpline": {"scale_range": [0.1, 0.2]},
    "ElasticTransform": {"alpha": 60, "sigma": 8},
    "Perspective": {"fit_output": True, "scale": [0.1, 0.2]},
}
"""Keywords that a transform cannot do without, or that make it move far enough to be seen."""


def takes(keyword: str) -> list[str]:
    """Return the transforms that move images of two dimensions and take a keyword whose default is not None."""
    return [
        name
        for name, kind in sorted(vars(A).items())
        if inspect.isclass(kind)
        and issubclass(kind, A.DualTransform)
        and inspect.signature(kind)
        .parameters.get(keyword, inspect.Parameter("_", inspect.Parameter.VAR_KEYWORD))
        .default
        not in (None, inspect.Parameter.empty)
        and name
        not in ("Mosaic", "RandomSizedBBoxSafeCrop", "MaskDropout", "PiecewiseAffine")  # boxes, many images, slow
        and not name.endswith("3D")
    ]


def built(entry: dict[str, Any]) -> Any:
    """Build a transform, whatever albumentations thinks of it: it calls some of its own slow, others special cases."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        (transform,) = build_transforms(augmentation(entry))
    return transform


def disc(radius: int, size: int = SIZE) -> np.ndarray[Any, Any]:
    rows, columns = np.mgrid[:size, :size]
    inside: np.ndarray[Any, Any] = (rows - 31.5) ** 2 + (columns - 31.5) ** 2 <= radius**2
    return inside.astype(np.uint8)


def center(weight: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    total = weight.sum()
    rows, columns = np.mgrid[: weight.shape[0], : weight.shape[1]]
    return np.asarray([(rows * weight).sum() / total, (columns * weight).sum() / total])


def alignment(transforms: list[Any], draws: int = 40) -> tuple[float, float]:
    """Return how far a disc's mask lies from its image on average, px, and the mean Dice of the two."""
    truth = disc(10)
    image = np.repeat(truth[..., None] * 255, 3, axis=2)
    shifts, scores = [], []
    for number, transform in enumerate(transforms):
        transform.set_random_seed(number)
    for _ in range(draws):
        data = {"image": image, "mask": truth}
        for transform in transforms:
            data = transform(**data)
        seen, mask = data["image"][..., 0] > 127, data["mask"] == 1
        shifts.append(center(mask) - center(data["image"][..., 0] / 255))
        scores.append(2 * (seen & mask).sum() / (seen.sum() + mask.sum()))
    return float(np.abs(np.mean(shifts, axis=0)).max()), float(np.mean(scores))


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_leaves_a_disc_on_its_image(name: str) -> None:
    config = compose(f"augmentation={name}", f"resolution.height={SIZE}", f"resolution.width={SIZE}")
    moving = [each for each in build_transforms(config.augmentation) if isinstance(each, A.DualTransform)]
    shift, score = alignment(moving, draws=100)
    assert shift < 0.05
    assert score > 0.98


@pytest.mark.parametrize("name", takes("mask_interpolation"))
def test_own_lists_leave_a_disc_on_its_image(name: str) -> None:
    entry = {"_target_": f"albumentations.{name}", "p": 1.0, **NEEDED.get(name, {})}
    inside = {"_target_": "albumentations.Sequential", "p": 1.0, "transforms": [entry]}
    shift, score = alignment([built(inside)])
    assert shift < 0.06
    assert score > 0.96


def test_what_is_said_of_a_mask_is_kept() -> None:
    crop = {"_target_": "albumentations.RandomResizedCrop", "size": [8, 8], "mask_interpolation": 0}
    turn = {"_target_": "albumentations.Rotate", "limit": [45, 45], "fill_mask": 2, "p": 1.0}
    first, second = build_transforms(augmentation(crop, turn))
    assert first.mask_interpolation == 0
    turned = second(image=np.zeros((SIZE, SIZE, 3), np.uint8), mask=np.ones((SIZE, SIZE, 6), np.uint8))["mask"]
    assert set(np.unique(turned)) == {1, 2}


@pytest.mark.parametrize("layers", [(), (6,)], ids=["classes", "six labels"])
@pytest.mark.parametrize("name", takes("fill_mask"))
def test_what_an_image_is_filled_with_is_unlabelled(name: str, layers: tuple[int, ...]) -> None:
    transform = built({"_target_": f"albumentations.{name}", "p": 1.0, **NEEDED.get(name, {})})
    transform.set_random_seed(0)
    image, truth = np.full((SIZE, SIZE, 3), 200, np.uint8), np.ones((SIZE, SIZE, *layers), np.uint8)
    filled = 0.0
    for _ in range(30):
        result = transform(image=image, mask=truth)
        black, mask = (result["image"] == 0).all(axis=2), result["mask"]
        assert set(np.unique(mask)) <= {1, IGNORE}
        if black.any():
            assert (mask[black] == IGNORE).mean() == pytest.approx(1, abs=0.05)
        filled += float((mask == IGNORE).mean()) / 30
    # ElasticTransform moves no border into the image at this size
    assert filled > 0.001 or name == "ElasticTransform"


def test_an_object_that_is_blanked_out_is_unlabelled() -> None:
    transform = built({"_target_": "albumentations.MaskDropout", "p": 1.0})
    transform.set_random_seed(0)
    result = transform(image=np.full((SIZE, SIZE, 3), 200, np.uint8), mask=disc(10))
    assert (result["mask"][disc(10) == 1] == IGNORE).all()
