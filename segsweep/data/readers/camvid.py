"""Reads CamVid: a folder of images for each split, and one beside it of masks, in indices or in colors."""

from pathlib import Path

from segsweep.data.listing import SPLITS, list_files
from segsweep.data.pairs.found import Found, Pair, pair_folders
from segsweep.data.pairs.layouts import missing_parts
from segsweep.data.spec import CamvidConfig


def find_pairs(config: CamvidConfig, root: Path) -> Found:
    """Return the images of train with the index masks of trainannot, and so on, as SegNet published them."""
    return _find(config, root, folder="annot")


def find_color_pairs(config: CamvidConfig, root: Path) -> Found:
    """Return the images of train with the color masks NAME_L of train_labels, and so on."""
    return _find(config, root, folder="_labels", mask_ending="_L")


def _find(config: CamvidConfig, root: Path, *, folder: str, mask_ending: str = "") -> Found:
    if problems := missing_parts(root, config.reader):
        return Found((), problems=problems)
    files = list_files(root, [name for split in SPLITS for name in (split, f"{split}{folder}")])
    pairs: list[Pair] = []
    for split in SPLITS:
        found, unpaired = pair_folders(files, split, split, f"{split}{folder}", mask_ending=mask_ending)
        pairs += found
        problems += unpaired
    return Found(pairs, problems=problems)
