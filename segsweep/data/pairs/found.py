"""What the reader of a layout finds, before any image is opened: which image goes with which mask, in which split."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from segsweep.data import errors
from segsweep.data.errors import Problem
from segsweep.data.listing import ENDINGS, FileEntry


@dataclass(frozen=True)
class Pair:
    """An image and its masks; paths are below data.root, with forward slashes."""

    split: str
    """train, val or test."""
    stem: str
    """The image's name, unique in its split; what stands before its first slash is its group."""
    image: str
    masks: tuple[tuple[str, str], ...]
    """Class name and path; one entry with an empty name unless the task is multilabel."""


@dataclass(frozen=True)
class Found:
    """What lies in a root of some layout; a finder opens no image and raises nothing."""

    pairs: Sequence[Pair]
    lists: Sequence[str] = ()
    """Files besides images and masks that decide what is read, such as the lists of the splits."""
    problems: Sequence[Problem] = ()
    notes: tuple[str, ...] = ()
    """Sentences on what was left out or inferred."""
    values: Mapping[int, int] | None = None
    """Class of each mask value, or `IGNORE`, where the layout says it; None: as settings and masks do."""

    @property
    def files(self) -> list[str]:
        """All files that decide what is trained on."""
        masks = [path for pair in self.pairs for _, path in pair.masks]
        return sorted({"dataset.json", *self.lists, *masks, *(pair.image for pair in self.pairs)})


def pair_folders(
    files: Sequence[FileEntry], split: str, images: str, masks: str, *, mask_ending: str = ""
) -> tuple[list[Pair], list[Problem]]:
    """Pair the images of one folder with the masks of another by their path there without the ending.

    Args:
        files: The files below data.root.
        split: What the pairs are for.
        images: The folder of the images, below data.root.
        masks: The folder of the masks.
        mask_ending: What a mask's name may have after that of its image, such as _L.
    """
    found, problems = by_stem(files, f"{images}/")
    stored, twice = by_stem(files, f"{masks}/")
    drawn = {stem.removesuffix(mask_ending): path for stem, path in stored.items()}
    pairs = [Pair(split, stem, path, (("", drawn[stem]),)) for stem, path in found.items() if stem in drawn]
    problems += [*twice, *(errors.mask_missing(path, masks) for stem, path in found.items() if stem not in drawn)]
    return pairs, [*problems, *(errors.image_missing(drawn[stem], images) for stem in drawn if stem not in found)]


def images_below(files: Sequence[FileEntry], folder: str) -> list[str]:
    """Return the images of a folder, which ends in a slash, and of those below it."""
    found = [entry.path for entry in files if entry.path.startswith(folder)]
    return [path for path in found if Path(path).suffix.lower() in ENDINGS]


def by_stem(files: Sequence[FileEntry], folder: str) -> tuple[dict[str, str], list[Problem]]:
    """Return the images of a folder, which ends in a slash, by their path there without the ending."""
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for path in images_below(files, folder):
        stem = str(Path(path[len(folder) :]).with_suffix(""))
        if stem in found:
            problems.append(errors.same_stem(path, found[stem]))
        found.setdefault(stem, path)
    return found, problems
