"""Builds the augmentation from config, and tries it once before training."""

import importlib
import inspect
import os
import warnings
from functools import cache
from typing import Any, get_args, get_origin

import cv2
import numpy as np
from hydra.errors import InstantiationException
from hydra.utils import instantiate

from segsweep.core.registry import load
from segsweep.core.task import IGNORE, Task
from segsweep.data.augmentation import errors
from segsweep.data.augmentation.pipeline import TrainPipeline
from segsweep.data.augmentation.spec import (
    ALBUMENTATIONS,
    TRANSFORMS,
    AugmentationConfig,
    check_targets,
    inner_transforms,
)
from segsweep.data.spec import ResolutionConfig

_CV2_CHANNELS = 4


def check_augmentation(
    augmentation: AugmentationConfig, resolution: ResolutionConfig, *, channels: int, task: Task
) -> None:
    """Try every transform once on an image of this kind.

    Raises:
        ConfigError: If a transform does not exist, refuses its keywords, or does not suit the channels or the size.
    """
    transforms = build_transforms(augmentation)
    random = np.random.default_rng(0)
    image = random.integers(0, 256, (resolution.height, resolution.width, channels), dtype=np.uint8)
    layers = (task.num_outputs,) if task.kind == "multilabel" else ()
    truth = np.zeros((resolution.height, resolution.width, *layers), dtype=np.uint8)
    changes = [_changes(transform, image, truth, channels) for transform in _leaves(transforms)]
    pipeline = TrainPipeline(transforms, resolution)
    # What changes size or type may be drawn only now and then.
    for index in range(20 if any(changes) else 1):
        pipeline(image, truth, seed=(0, 0, index))


def build_transforms(augmentation: AugmentationConfig) -> list[Any]:
    """Instantiate the transforms of the config, in order; what they leave open of a mask keeps it true to its image.

    Raises:
        ConfigError: If one is no transform of albumentations or of a plugin, or its keywords are not accepted.
    """
    check_targets(augmentation.transforms)
    for entry in augmentation.transforms:
        _check_keywords(entry)
    return [_build(_true_to_image(entry)) for entry in augmentation.transforms]


def _build(entry: dict[str, Any]) -> Any:
    target = str(entry["_target_"])
    try:
        return instantiate(entry, _convert_="all", _execution_whitelist_=[f"{ALBUMENTATIONS}*", *TRANSFORMS])
    except (ValueError, TypeError, InstantiationException) as error:
        lines = [line.strip() for line in str(error).splitlines() if "For further information" not in line]
        raise errors.bad_keywords(target, " ".join(lines).split(" [type=")[0]) from error


def _check_keywords(entry: dict[str, Any]) -> None:
    """Refuse names that do not exist, before anything is instantiated; of transforms inside transforms too."""
    target = entry["_target_"]
    transform = _transform(target)
    accepted = [name for name in inspect.signature(transform).parameters if name not in ("self", "strict")]
    for keyword in entry:
        if keyword not in (*accepted, "_target_"):
            raise errors.unknown_keyword(target, keyword, accepted)
    for inner in inner_transforms(entry):
        _check_keywords(inner)


def _true_to_image(entry: dict[str, Any]) -> dict[str, Any]:
    """Add what a mask needs and nobody set: the nearest pixel exactly, and unlabelled pixels where an image is filled.

    cv2.INTER_NEAREST, which resizing and cropping transforms of albumentations take for masks, moves a mask by half a
    pixel; and what the geometric ones fill with 0 would be the first class.
    """
    target, added = entry["_target_"], dict(entry)
    if cv2.INTER_NEAREST_EXACT in _accepted(target, "mask_interpolation"):
        added.setdefault("mask_interpolation", cv2.INTER_NEAREST_EXACT)
    fill, kinds = added.get("fill_mask", IGNORE), _accepted(target, "fill_mask")
    if kinds and isinstance(fill, int | float):
        # OpenCV fills one channel only with a number; masks of many classes come to it four channels at a time.
        added["fill_mask"] = [fill] * _CV2_CHANNELS if tuple in kinds else fill
    if inner := inner_transforms(entry):
        added["transforms"] = [_true_to_image(each) for each in inner]
    return added


def _accepted(target: str, keyword: str) -> tuple[Any, ...]:
    """Return the values or types that a keyword takes; none where there is no such keyword, or its default is None."""
    transform = _transform(target)
    parameter = inspect.signature(transform).parameters.get(keyword)
    has_own_defaults = not transform.__init__.__module__.startswith(ALBUMENTATIONS)  # a plugin's
    if has_own_defaults or parameter is None or parameter.default is None:
        return ()
    kind = transform.InitSchema.model_fields[keyword].annotation
    return tuple(get_origin(each) or each for each in get_args(kind)) or (kind,)


def _transform(target: str) -> Any:
    """Return the class that an entry names, of albumentations or of a plugin."""
    if target in TRANSFORMS:
        module, _, name = target.rpartition(".")
        own = load(f"{module}:{name}")
        if not (inspect.isclass(own) and issubclass(own, _kinds())):
            raise errors.not_of_albumentations(target)
        return own
    if target.removeprefix(ALBUMENTATIONS) not in _transforms():
        raise errors.unknown_transform(target, _transforms())
    return _transforms()[target.removeprefix(ALBUMENTATIONS)]


def _kinds() -> tuple[type, type]:
    library = albumentations()
    return library.BasicTransform, library.BaseCompose


@cache
def _transforms() -> dict[str, Any]:
    """Return every transform and composition of albumentations by name."""
    library = albumentations()
    found = {name: getattr(library, name) for name in dir(library)}
    return {name: item for name, item in found.items() if inspect.isclass(item) and issubclass(item, _kinds())}


def albumentations() -> Any:
    """Import albumentations without its question to PyPI about a newer version."""
    os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")
    return importlib.import_module("albumentations")


def _leaves(transforms: list[Any]) -> list[Any]:
    """Return the transforms that do something, out of compositions too."""
    leaves = []
    for transform in transforms:
        inner = getattr(transform, "transforms", None)
        leaves += [transform] if inner is None else _leaves(list(inner))
    return leaves


def _changes(transform: Any, image: Any, truth: Any, channels: int) -> bool:
    """Apply a transform for certain, and return whether it changes size or type of the image."""
    name = type(transform).__name__
    try:
        with warnings.catch_warnings():
            # Transforms that mean nothing on gray images say so in a warning, once per image.
            warnings.simplefilter("error", UserWarning)
            result = transform(image=image.copy(), mask=truth.copy(), force_apply=True)["image"]
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise errors.does_not_suit(name, channels, reason) from error
    return bool(result.shape != image.shape or result.dtype != image.dtype)
