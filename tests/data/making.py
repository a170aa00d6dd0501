"""Small data sets on disk, and the configs that open them."""

from pathlib import Path
from typing import Any

import numpy as np
import yaml
from PIL import Image

from segsweep.config.options import conf_dir
from segsweep.data.augmentation.spec import AugmentationConfig
from segsweep.data.base import Data
from segsweep.data.open import open_data
from segsweep.data.spec import READERS, FolderConfig, PairsConfig, ResolutionConfig, ShapesConfig, check_data

UNTOLD: dict[str, Any] = dict.fromkeys(
    ["task", "num_classes", "class_names", "ignore_index", "palette", "ignore_color", "value_range", "bit_depth"]
)


def folder_config(root: Path, **settings: Any) -> FolderConfig:
    fixed = {"name": "tiny", "reader": "folder", "pretrained": None, "channels": 3, "root": str(root), "fold": None}
    fixed |= {"num_folds": 5, "group": None}
    return FolderConfig(**{**fixed, **UNTOLD, **settings})


def pairs_config(option: str, root: Path, **settings: Any) -> PairsConfig:
    """Return the settings of a file in conf/data, and others."""
    values = yaml.safe_load((conf_dir() / "data" / f"{option}.yaml").read_text())
    del values["defaults"]
    config = READERS[values["reader"]].settings(**{**values, "root": str(root), **settings})
    assert isinstance(config, PairsConfig)
    return config


def open_pairs(option: str, root: Path, **settings: Any) -> Data:
    config = pairs_config(option, root, **settings)
    check_data(config)
    return open_data(config, cache_dir=root.parent / "cache")


def shapes_config(**settings: Any) -> ShapesConfig:
    fixed = {"name": "shapes", "reader": "shapes", "pretrained": None, "channels": 3, "task": "multiclass"}
    fixed |= {"fold": None, "num_folds": 5, "group": None}
    sizes = {"size": 32, "num_train": 10, "num_val": 5, "num_test": 3, "shapes_seed": 0}
    return ShapesConfig(**{**fixed, **sizes, **settings})


def resolution(height: int = 32, width: int = 32, **settings: Any) -> ResolutionConfig:
    fixed = {"eval_size": "same", "count_at": "original", "interpolation": "linear"}
    return ResolutionConfig(height=height, width=width, **{**fixed, **settings})


def augmentation(*transforms: Any) -> AugmentationConfig:
    return AugmentationConfig(transforms=list(transforms))


def open_folder(root: Path, **settings: Any) -> Data:
    return open_data(folder_config(root, **settings), cache_dir=root.parent / "cache")


def save(path: Path, pixels: Any, dtype: Any = np.uint8, **options: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(pixels, dtype=dtype)).save(path, **options)


def save_pair(root: Path, split: str, stem: str, mask: Any, ending: str = ".png") -> None:
    """Write a gray gradient and its mask."""
    pixels = np.asarray(mask, dtype=np.uint8)
    save(root / split / "masks" / f"{stem}{ending}", pixels)
    size = pixels.shape[0] * pixels.shape[1]
    image = np.repeat(np.arange(size).reshape(*pixels.shape[:2], 1), 3, axis=2)
    save(root / split / "images" / f"{stem}.png", image)


def make_set(root: Path, mask: Any = ((0, 1), (2, 2))) -> Path:
    """Write two training pairs and one for validation, all with the same mask."""
    for split, stem in (("train", "a"), ("train", "b"), ("val", "c")):
        save_pair(root, split, stem, mask)
    return root
