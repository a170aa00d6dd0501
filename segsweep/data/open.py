"""The readers of data sets: a new one is one file, one schema and one row here."""

from collections.abc import Callable
from pathlib import Path

from segsweep.data.base import Data
from segsweep.data.readers import folder, shapes
from segsweep.data.spec import DataConfig

READERS: dict[str, Callable[[DataConfig, Path], Data]] = {
    "shapes": lambda config, _: shapes.open_shapes(config),
    "folder": folder.open_folder,
}
"""How each reader finds, checks and describes its data; the path is the folder of the cache."""


def open_data(data: DataConfig, *, cache_dir: Path) -> Data:
    """Find, check and describe the data set.

    Args:
        data: The `data` group of the config.
        cache_dir: Where the verdict on unchanged files is kept.
    Raises:
        DataError: With everything that is wrong with the files.
        ConfigError: If settings of the data group are out of range or contradict each other.
    """
    return READERS[data.reader](data, cache_dir)
