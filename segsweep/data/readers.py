"""The readers of data sets: a new one is one file, one schema and one row here."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from segsweep.config import DataConfig
from segsweep.data import folder, shapes
from segsweep.data.base import Data


@dataclass(frozen=True)
class Reader:
    """What a reader offers."""

    open: Callable[[DataConfig, Path], Data]
    """Find, check and describe the data set; the path is the folder of the cache."""
    listing_fingerprint: Callable[[DataConfig], str]
    """Notice cheaply that a data set has changed."""


READERS = {
    "shapes": Reader(lambda config, _: shapes.open_shapes(config), shapes.fingerprint),
    "folder": Reader(folder.open_folder, folder.listing_fingerprint),
}


def open_data(data: DataConfig, *, cache_dir: Path) -> Data:
    """Find, check and describe the data set.

    Args:
        data: The `data` group of the config.
        cache_dir: Where the verdict on unchanged files is kept.
    Raises:
        DataError: With everything that is wrong with the files.
        ConfigError: If settings of the data group are out of range or contradict each other.
    """
    return READERS[data.reader].open(data, cache_dir)


def listing_fingerprint(data: DataConfig) -> str:
    """Hash what can be known without opening a file: names and sizes, or the settings of generated data."""
    return READERS[data.reader].listing_fingerprint(data)
