"""Settings of data and resolution, and the table that a reader of one's own joins."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from omegaconf import MISSING

from segsweep.config.declare import ANY, COUNT, FROM_ZERO, SEED, Range, number
from segsweep.core.registry import Table, build
from segsweep.data import errors


@dataclass
class DataConfig:
    """What every data set has."""

    name: str = MISSING
    """Name of the data set in tables."""
    reader: str = MISSING
    """Which reader finds images and masks."""
    pretrained: str | None = MISSING
    """Encoder weights that suit this data; `encoder.weights` takes it unless set."""
    channels: int = number(COUNT)
    """Channels of the images that the network sees: 1 (gray), 3 (RGB), or as many as the files hold."""
    fold: int | None = number(FROM_ZERO)
    """Which fold validates, from 0: train and val are pooled and dealt anew, test is untouched; null: as on disk."""
    num_folds: int = number(Range(2))
    """How many folds there are; images of one group stay together. Only with `fold`."""
    group: str | None = None
    """Regular expression whose first group, or whole match, in an image's path below images/ names what it belongs to,
    such as a patient or video: "^(p[0-9]+)_". null: the folder below images/ that it lies in. Images of one group are
    not independent: comparisons resample groups, and folds keep them whole."""


@dataclass
class ShapesConfig(DataConfig):
    """Generated images of circles, boxes and triangles; the same for the same `shapes_seed`."""

    task: Literal["binary", "multiclass", "multilabel"] = MISSING
    """binary: shape or not; multiclass: which shape; multilabel: overlapping shapes."""
    size: int = number(Range(16))
    """Height and width of the images, px."""
    num_train: int = number(COUNT)
    """Training images."""
    num_val: int = number(COUNT)
    """Validation images."""
    num_test: int = number(FROM_ZERO)
    """Test images."""
    shapes_seed: int = number(SEED)
    """Seed of the images, apart from the run's own seed."""


@dataclass
class PairsConfig(DataConfig):
    """Images and masks in files of their own. What is null is read from dataset.json in `root` or the masks."""

    root: str = MISSING
    """The folder of the data set, which holds what its layout says."""
    task: Literal["binary", "multiclass", "multilabel"] | None = MISSING
    """Kind of task; multilabel is for `reader` folder, with masks/CLASS/NAME.png, one per class."""
    num_classes: int | None = number(Range(2, 255))
    """Number of classes, the background included; binary has 2."""
    class_names: list[str] | None = MISSING
    """Names of the classes, in the order of their index."""
    ignore_index: int | None = number(Range(0, 65535))
    """Mask value of unlabelled pixels."""
    palette: list[list[int]] | None = number(Range(0, 255))
    """RGB color of each class, for color-coded masks, in the order of the class index."""
    ignore_color: list[int] | None = number(Range(0, 255))
    """RGB color of unlabelled pixels, for color-coded masks."""
    value_range: list[float] | None = number(ANY)
    """Two pixel values that become 0 and 255, for images of more than 8 bits; null: as `bit_depth` says."""
    bit_depth: int | None = number(Range(8, 16))
    """Bits in use of images of more than 8; their range becomes 0 to 255. null: 8, 10, 12, 14 or 16, as the largest
    value of the training images needs."""


@dataclass
class FolderConfig(PairsConfig):
    """{train,val,test}/{images,masks}, paired by file name."""


@dataclass
class ListingConfig(PairsConfig):
    """Images and masks that a file lists, wherever they lie below `root`. Classes as those of data=folder."""

    list: str = MISSING
    """The list, below `root`: CSV with the columns image, mask and, if you like, split (train, val, test) and group; or
    text with the same in this order, without a header. Paths are below `root`; images of one group stay in one fold."""


@dataclass
class VocConfig(PairsConfig):
    """Pascal VOC: JPEGImages, SegmentationClass and the lists of ImageSets/Segmentation, in VOCdevkit/VOC2012."""


@dataclass
class CamvidConfig(PairsConfig):
    """CamVid: train, val and test, with masks of indices in trainannot, ..., or of colors in train_labels, ..."""


@dataclass
class Ade20kConfig(PairsConfig):
    """ADE20K for scene parsing: images and annotations, each with training and validation; 150 classes, 0 ignored."""


@dataclass(frozen=True)
class Reader:
    """A layout of data on disk, or a maker of data; a plugin adds its own with `READERS.add(Reader(...))`.

    A setting named `root` is a folder: it must be there before a run starts, however it is spelt it names the same run.
    """

    name: str
    """What `data.reader` chooses; without a file in conf/data it is an option of its own, `data=NAME`."""
    settings: type[DataConfig]
    """The dataclass of its settings."""
    open: str = "segsweep.data.pairs.paired:open_pairs"
    """The function that finds, checks and describes the data: settings, folder of the cache -> `data.base.Data`."""
    pairs: str | None = None
    """For images and masks in files of their own, all that a reader needs: the function that finds which go together,
    without torch and without opening one: settings, root -> `data.pairs.found.Found`."""
    holds: tuple[str, ...] = ()
    """Files and folders by which a root of this layout is known; another that is pointed at it names this one."""
    listing: str | None = None
    """The function that hashes what can be known of the files without opening one: settings -> text. A run that goes on
    with other files is refused; None: those of `pairs`, if there are any."""
    check: str | None = None
    """The function that refuses settings that contradict each other, without torch and without a file."""


READERS: Table[Reader] = Table(
    "a reader of data",
    [
        Reader("shapes", ShapesConfig, "segsweep.data.readers.shapes:open_shapes"),
        Reader(
            "folder",
            FolderConfig,
            "segsweep.data.readers.folder:open_folder",
            holds=("train/images", "train/masks"),
            listing="segsweep.data.listing:list_splits",
            check="segsweep.data.pairs.label_spec:check_pairs",
        ),
        Reader(
            "listing",
            ListingConfig,
            pairs="segsweep.data.readers.listing:find_pairs",
            check="segsweep.data.pairs.label_spec:check_single_masks",
        ),
        Reader(
            "voc",
            VocConfig,
            pairs="segsweep.data.readers.voc:find_pairs",
            holds=("JPEGImages", "SegmentationClass", "ImageSets/Segmentation"),
            check="segsweep.data.pairs.label_spec:check_single_masks",
        ),
        Reader(
            "camvid",
            CamvidConfig,
            pairs="segsweep.data.readers.camvid:find_pairs",
            holds=("train", "trainannot", "val", "valannot"),
            check="segsweep.data.pairs.label_spec:check_single_masks",
        ),
        Reader(
            "camvid32",
            CamvidConfig,
            pairs="segsweep.data.readers.camvid:find_color_pairs",
            holds=("train", "train_labels", "val", "val_labels"),
            check="segsweep.data.pairs.label_spec:check_single_masks",
        ),
        Reader(
            "ade20k",
            Ade20kConfig,
            pairs="segsweep.data.readers.ade20k:find_pairs",
            holds=("images/validation", "annotations/validation"),
            check="segsweep.data.pairs.label_spec:check_single_masks",
        ),
    ],
)
"""How each reader finds, checks and describes its data."""

PLUGIN_DEFAULTS: Mapping[str, Any] = {
    "pretrained": "imagenet",
    "channels": 3,
    "fold": None,
    "num_folds": 5,
    "group": None,
}
"""What a plugin's settings hold of those that every data set has, where its dataclass says nothing else."""


def check_data(data: DataConfig) -> None:
    """Check what can be known of the settings without a file.

    Raises:
        ConfigError: If there is no such reader or fold, or settings contradict each other.
    """
    if data.reader not in READERS:
        raise errors.unknown_reader(data.reader, READERS)
    row = READERS[data.reader]
    if not isinstance(data, row.settings):
        raise errors.settings_of_another_reader(data.reader)
    if data.fold is not None and data.fold >= data.num_folds:
        raise errors.no_such_fold(data.fold, data.num_folds)
    if data.group is not None:
        try:
            re.compile(data.group)
        except re.error as error:
            raise errors.bad_group_pattern(data.group, str(error)) from error
    if row.check is not None:
        build(row.check, data)


@dataclass
class ResolutionConfig:
    """Image sizes."""

    height: int = number(COUNT)
    """Height in training, px."""
    width: int = number(COUNT)
    """Width in training, px."""
    eval_size: str = MISSING
    """What the network sees in validation and test: same (as in training), native (as stored), or HEIGHTxWIDTH."""
    count_at: Literal["original", "input"] = MISSING
    """Where pixels are counted: original (predictions go back to the stored size) or input (masks are resized)."""
    interpolation: Literal["nearest", "linear", "cubic", "area", "lanczos"] = MISSING
    """How images are resized; masks always take the nearest pixel."""
