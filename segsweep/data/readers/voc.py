"""Reads Pascal VOC: JPEGImages, SegmentationClass and the lists of ImageSets/Segmentation."""

from pathlib import Path

from segsweep.data.errors import Problem
from segsweep.data.listing import SPLITS
from segsweep.data.pairs import errors
from segsweep.data.pairs.found import Found, Pair
from segsweep.data.pairs.layouts import missing_parts
from segsweep.data.spec import VocConfig

LISTS = "ImageSets/Segmentation"


def find_pairs(config: VocConfig, root: Path) -> Found:
    """Return the images that the lists name; test images, whose masks were never published, are left out."""
    pairs: list[Pair] = []
    lists: list[str] = []
    problems: list[Problem] = missing_parts(root, config.reader)
    notes: tuple[str, ...] = ()
    for split in () if problems else SPLITS:
        place = f"{LISTS}/{split}.txt"
        try:
            lines = (root / place).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            if split != "test" or not isinstance(error, FileNotFoundError):
                problems.append(errors.bad_list(place, str(getattr(error, "strerror", None) or error)))
            continue
        lists.append(place)
        found = [_pair(split, line.split()[0]) for line in lines if line.strip()]
        if split == "test" and not any((root / pair.masks[0][1]).exists() for pair in found):
            notes = (errors.no_masks_of_test(place),)
            continue
        pairs += found
    return Found(pairs, lists, problems, notes)


def _pair(split: str, name: str) -> Pair:
    return Pair(split, name, f"JPEGImages/{name}.jpg", (("", f"SegmentationClass/{name}.png"),))
