"""Schema of `conf/data`: what every data set has, and one dataclass per reader."""

from dataclasses import dataclass
from typing import Literal

from omegaconf import MISSING


@dataclass
class DataConfig:
    """What every data set has."""

    name: str = MISSING
    """Name of the data set in tables."""
    reader: Literal["shapes", "folder"] = MISSING
    """Which reader finds images and masks."""
    pretrained: str | None = MISSING
    """Encoder weights that suit this data; `encoder.weights` takes it unless set."""
    channels: int = MISSING
    """Channels of the images that the network sees: 1 (gray), 3 (RGB), or as many as the files hold."""
    fold: int | None = MISSING
    """Which fold validates, from 0: train and val are pooled and dealt anew, test is untouched; null: as on disk."""
    num_folds: int = MISSING
    """How many folds there are; images in one folder below images/ stay together. Only with `fold`."""


@dataclass
class ShapesConfig(DataConfig):
    """Generated images of circles, boxes and triangles; the same for the same `shapes_seed`."""

    task: Literal["binary", "multiclass", "multilabel"] = MISSING
    """binary: shape or not; multiclass: which shape; multilabel: overlapping shapes."""
    size: int = MISSING
    """Height and width of the images, px."""
    num_train: int = MISSING
    """Training images."""
    num_val: int = MISSING
    """Validation images."""
    num_test: int = MISSING
    """Test images."""
    shapes_seed: int = MISSING
    """Seed of the images, apart from the run's own seed."""


@dataclass
class FolderConfig(DataConfig):
    """{train,val,test}/{images,masks}, paired by file name. What is null is read from dataset.json or the masks."""

    root: str = MISSING
    """The folder that holds train, val and, if there is one, test."""
    task: Literal["binary", "multiclass", "multilabel"] | None = MISSING
    """Kind of task; multilabel has masks/CLASS/NAME.png, one per class."""
    num_classes: int | None = MISSING
    """Number of classes, the background included; binary has 2."""
    class_names: list[str] | None = MISSING
    """Names of the classes, in the order of their index."""
    ignore_index: int | None = MISSING
    """Mask value of unlabelled pixels."""
    palette: list[list[int]] | None = MISSING
    """RGB colour of each class, for colour-coded masks, in the order of the class index."""
    ignore_colour: list[int] | None = MISSING
    """RGB colour of unlabelled pixels, for colour-coded masks."""
    value_range: list[float] | None = MISSING
    """Two pixel values that become 0 and 255, for images of more than 8 bits; null: the whole range of the type."""


READERS: dict[str, type[DataConfig]] = {"shapes": ShapesConfig, "folder": FolderConfig}
