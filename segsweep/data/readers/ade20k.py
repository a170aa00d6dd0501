"""Reads ADE20K for scene parsing: images/training with annotations/training, and so for validation."""

from pathlib import Path

from segsweep.core.task import IGNORE
from segsweep.data.listing import list_files
from segsweep.data.pairs.found import Found, Pair, pair_folders
from segsweep.data.pairs.layouts import missing_parts
from segsweep.data.spec import Ade20kConfig

VALUES = {0: IGNORE} | {value: value - 1 for value in range(1, 151)}
"""Masks number the classes from 1; 0 is everything else, which the benchmark does not count."""


def find_pairs(config: Ade20kConfig, root: Path) -> Found:
    """Return the images of training and validation; the masks of the test images were never published."""
    if problems := missing_parts(root, config.reader):
        return Found((), problems=problems)
    files = list_files(root, ["images", "annotations"])
    pairs: list[Pair] = []
    for split, folder in (("train", "training"), ("val", "validation")):
        found, unpaired = pair_folders(files, split, f"images/{folder}", f"annotations/{folder}")
        pairs += found
        problems += unpaired
    return Found(pairs, problems=problems, values=VALUES)
