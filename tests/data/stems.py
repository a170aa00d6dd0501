"""A plugin as somebody writes it: NAME.png beside NAME_mask.png in train/ and val/, and a transform of images."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import albumentations
import numpy as np
from omegaconf import MISSING

from segsweep.core.task import Task
from segsweep.data.augmentation.spec import TRANSFORMS, Transform
from segsweep.data.base import Data, Split
from segsweep.data.images import read_image
from segsweep.data.listing import data_root, list_root
from segsweep.data.open import describe
from segsweep.data.spec import READERS, DataConfig, Reader


@dataclass
class StemsConfig(DataConfig):
    """Images beside their masks."""

    root: str = MISSING
    """The folder that holds train and val."""


class StemsSplit(Split):
    def __init__(self, folder: Path, channels: int) -> None:
        self.masks = sorted(folder.rglob("*_mask.png"))
        self.folder, self.channels = folder, channels

    def __len__(self) -> int:
        return len(self.masks)

    def name(self, index: int) -> str:
        return str(self.masks[index].relative_to(self.folder)).removesuffix("_mask.png")

    def load_image(self, index: int) -> Any:
        return read_image(self.folder / f"{self.name(index)}.png", self.channels)

    def load_truth(self, index: int) -> Any:
        return (read_image(self.masks[index], 1)[..., 0] > 0).astype(np.uint8)


def open_stems(config: StemsConfig, cache_dir: Path) -> Data:
    root = data_root(config.root)
    splits = {
        name: StemsSplit(root / name, config.channels) for name in ("train", "val", "test") if (root / name).is_dir()
    }
    return describe(config, Task("binary", ("background", "cell")), splits, fingerprint=list_root(config))


STEMS = Reader("stems", StemsConfig, "tests.data.stems:open_stems", listing="segsweep.data.listing:list_root")
READERS.add(STEMS)


class Invert(albumentations.ImageOnlyTransform):  # type: ignore[misc]  # it has no types
    def apply(self, img: Any, **parameters: Any) -> Any:  # noqa: ARG002
        return 255 - img


INVERT = Transform("tests.data.stems.Invert")
TRANSFORMS.add(INVERT)
