"""Opens every file of a data set once, in threads, and keeps what was found for the next run."""

import hashlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from segsweep.core.processes import num_cores
from segsweep.data import errors
from segsweep.data.content import file_digests, with_progress
from segsweep.data.errors import Problem
from segsweep.data.images import UnreadableImageError, decode_image
from segsweep.data.listing import FileEntry, hash_of
from segsweep.data.masks import Coding, count_values, decode_mask
from segsweep.data.pairs.found import Pair

_VERSION = 3
_MOST_THREADS = 8


@dataclass(frozen=True)
class MaskFacts:
    """What one mask file holds, before anyone says what its values mean."""

    class_name: str
    path: str
    coding: Coding
    size_px: tuple[int, int]
    values: dict[int, int]
    """Pixels of each raw value; colors are packed as 0xRRGGBB."""
    digest: str
    """Hash of the file's bytes."""


@dataclass(frozen=True)
class PairFacts:
    """What one image and its masks hold."""

    size_px: tuple[int, int]
    channels: int
    is_float: bool
    extremes: tuple[int, int] | None
    """Smallest and largest value of an image of more than 8 bits."""
    digest: str
    """Hash of the image file's bytes."""
    masks: tuple[MaskFacts, ...]


def scan(
    root: Path, pairs: Sequence[Pair], files: Sequence[FileEntry], cache_dir: Path, name: str
) -> tuple[list[tuple[Pair, PairFacts]], list[Problem]]:
    """Return the facts of every pair that can be read, and the problems; from the cache if no file has changed."""
    content: Sequence[object] = file_digests(root, files, cache_dir, name) or [vars(entry) for entry in files]
    key = hash_of([_VERSION, [entry.path for entry in files], content, [vars(pair) for pair in pairs]])
    place = cache_dir / "data" / f"{key}.json"
    kept = _read(place)
    if kept is not None and len(kept) == len(pairs):
        return list(zip(pairs, kept, strict=True)), []
    with ThreadPoolExecutor(min(num_cores(), _MOST_THREADS)) as pool:
        inspected = pool.map(lambda pair: _inspect(root, pair), pairs)
        results = list(with_progress(inspected, len(pairs), f"checking {name}", "images"))
    checked = [(pair, found) for pair, (found, _) in zip(pairs, results, strict=True) if found is not None]
    problems = [problem for _, found_problems in results for problem in found_problems]
    if not problems:
        _write(place, [found for _, found in checked])
    return checked, problems


def _inspect(root: Path, pair: Pair) -> tuple[PairFacts | None, list[Problem]]:
    problems: list[Problem] = []
    masks = [_inspect_mask(root, class_name, path, problems) for class_name, path in pair.masks]
    try:
        content = (root / pair.image).read_bytes()
        pixels = decode_image(content)
    except (OSError, UnreadableImageError) as error:
        return None, [*problems, errors.unreadable(pair.image, str(error))]
    size_px = (pixels.shape[0], pixels.shape[1])
    whole = [mask for mask in masks if mask is not None]
    problems += [errors.mask_size(mask.path, mask.size_px, size_px) for mask in whole if mask.size_px != size_px]
    is_float = pixels.dtype.kind == "f"
    deep = pixels.dtype != np.uint8 and not is_float
    extremes = (int(pixels.min()), int(pixels.max())) if deep else None
    return PairFacts(size_px, pixels.shape[2], is_float, extremes, _digest(content), tuple(whole)), problems


def _inspect_mask(root: Path, class_name: str, path: str, problems: list[Problem]) -> MaskFacts | None:
    try:
        content = (root / path).read_bytes()
        mask = decode_mask(content)
    except (OSError, UnreadableImageError) as error:
        problems.append(errors.unreadable(path, str(error)))
        return None
    size_px = (mask.values.shape[0], mask.values.shape[1])
    return MaskFacts(class_name, path, mask.coding, size_px, count_values(mask), _digest(content))


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _write(place: Path, facts: list[PairFacts]) -> None:
    # The cache only saves time: a folder that cannot be written to is no reason to stop.
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = place.with_suffix(f".{os.getpid()}.tmp")
        beside.write_text(json.dumps([asdict(found) for found in facts]))
        beside.replace(place)


def _read(place: Path) -> list[PairFacts] | None:
    try:
        return [_facts(found) for found in json.loads(place.read_text())]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _facts(found: dict[str, Any]) -> PairFacts:
    masks = tuple(
        MaskFacts(
            class_name=mask["class_name"],
            path=mask["path"],
            coding=mask["coding"],
            size_px=(mask["size_px"][0], mask["size_px"][1]),
            values={int(value): count for value, count in mask["values"].items()},
            digest=mask["digest"],
        )
        for mask in found["masks"]
    )
    extremes = found["extremes"]
    return PairFacts(
        size_px=(found["size_px"][0], found["size_px"][1]),
        channels=found["channels"],
        is_float=found["is_float"],
        extremes=None if extremes is None else (extremes[0], extremes[1]),
        digest=found["digest"],
        masks=masks,
    )
