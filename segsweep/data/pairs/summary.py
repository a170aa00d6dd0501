"""What the files of a data set tell together, once each was opened: problems, counts, fingerprint."""

from collections.abc import Sequence

from segsweep.core.task import IGNORE
from segsweep.data import errors
from segsweep.data.counts import PixelCounts
from segsweep.data.errors import Problem
from segsweep.data.images import takes_channels
from segsweep.data.listing import FileEntry, hash_of
from segsweep.data.pairs.found import Pair
from segsweep.data.pairs.labels import Labels
from segsweep.data.pairs.scan import PairFacts
from segsweep.data.spec import PairsConfig

Checked = Sequence[tuple[Pair, PairFacts]]
"""Pairs, and what their files hold."""

_DEPTHS = (8, 10, 12, 14, 16)


def image_problems(config: PairsConfig, checked: Checked) -> list[Problem]:
    """Say which images cannot be given the channels or the range of the config."""
    problems: list[Problem] = []
    for pair, found in checked:
        if not takes_channels(found.channels, config.channels):
            problems.append(errors.wrong_channels(pair.image, found.channels, config.channels))
        if found.is_float and config.value_range is None:
            problems.append(errors.needs_value_range(pair.image))
    return problems


def fingerprint_of(checked: Checked, files: Sequence[FileEntry]) -> str:
    """Hash names and sizes of the images, names and content of the masks, and splits that no path says."""
    sizes = {entry.path: entry.size for entry in files}
    return hash_of(
        [
            [pair.image, sizes[pair.image], [[mask.path, mask.digest] for mask in found.masks], *_listed(pair)]
            for pair, found in checked
        ]
    )


def _listed(pair: Pair) -> list[str]:
    """Return split and name where a list gives them, and not the image's path."""
    return [] if pair.image.startswith(f"{pair.split}/images/{pair.stem}.") else [pair.split, pair.stem]


def count_pixels(labels: Labels, images: Sequence[PairFacts]) -> PixelCounts:
    """Count the pixels of each class, and those that are not ignored, without opening a mask again."""
    names = labels.task.class_names
    multilabel = labels.task.kind == "multilabel"
    pixels = [0] * len(names)
    ignored = 0
    for mask in (mask for found in images for mask in found.masks):
        for value, count in mask.values.items():
            index = labels.table.classes[mask.coding][value]
            ignored += count if index == IGNORE else 0
            if index != IGNORE and not multilabel:
                pixels[index] += count
            elif index == 1:
                pixels[names.index(mask.class_name)] += count
    total = sum(found.size_px[0] * found.size_px[1] for found in images)
    return PixelCounts(tuple(pixels), total - (ignored // len(names) if multilabel else ignored))


def bit_depth_of(config: PairsConfig, train: Sequence[PairFacts]) -> int | None:
    """Return the bits that images of more than 8 use; None where they are not known, or a range is set in their place.

    Images of 12 bits in files of 16 are common; over the whole range of the type they would be nearly black.
    """
    extremes = _extremes(train)
    if config.value_range is not None or extremes is None:
        return None
    if config.bit_depth is not None:
        return config.bit_depth
    low, high = extremes
    return next((bits for bits in _DEPTHS if low >= 0 and high < 2**bits), None)


def depth_note(config: PairsConfig, train: Sequence[PairFacts], bit_depth: int | None) -> list[str]:
    """Say what the range of images of more than 8 bits is, where the config sets none."""
    extremes = _extremes(train)
    if extremes is None or config.value_range is not None or config.bit_depth is not None:
        return []
    low, high = extremes
    seen = f"The training images have more than 8 bits per channel and hold values from {low} to {high}: "
    if bit_depth is None:
        return [
            f"{seen}the whole range of their type becomes 0 to 255. To spread theirs: data.value_range=[{low},{high}]"
        ]
    return [
        f"{seen}{bit_depth} bits are used, so 0 to {2**bit_depth - 1} becomes 0 to 255. "
        f"Otherwise: data.bit_depth=16, or data.value_range=[{low},{high}]"
    ]


def _extremes(images: Sequence[PairFacts]) -> tuple[int, int] | None:
    extremes = [found.extremes for found in images if found.extremes is not None]
    return (min(low for low, _ in extremes), max(high for _, high in extremes)) if extremes else None
