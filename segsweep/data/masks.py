"""From the bytes of a mask file to raw values, and from raw values to truth."""

import io
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Shaped, UInt8
from PIL import Image

from segsweep.core.task import IGNORE
from segsweep.data.images import UnreadableImageError, decode, upright

Coding = Literal["index", "gray", "color"]
"""How a file stores a mask: palette or 1-bit file (the index counts), gray values, or RGB colors."""

MAX_VALUES = 300
"""Distinct values kept per mask: more than any mask that can be trained holds, so the surplus proves an error too."""


@dataclass(frozen=True)
class RawMask:
    """A decoded mask: one number per pixel; colors are packed as 0xRRGGBB."""

    coding: Coding
    values: Shaped[np.ndarray, "h w"]


def decode_mask(content: bytes) -> RawMask:
    """Decode a mask; a palette file gives its indices, not its colors.

    Raises:
        UnreadableImageError: If the bytes are damaged or no image, or the pixels are not whole numbers.
    """
    indexed = False

    def with_pillow(data: bytes) -> Shaped[np.ndarray, "h w *c"]:
        nonlocal indexed
        with Image.open(io.BytesIO(data)) as stored:
            image = upright(stored)
            indexed = image.mode in ("P", "PA", "1")
            return np.asarray(image).astype(np.uint8) if image.mode == "1" else np.asarray(image)

    pixels = decode(content, with_pillow)
    if pixels.dtype.kind not in "iu":
        raise UnreadableImageError("a mask of floating-point values; save class indices as 8-bit PNG")
    if pixels.shape[2] >= 3 and not indexed:
        return RawMask("color", pack(pixels))
    return RawMask("index" if indexed else "gray", pixels[..., 0])


def pack(pixels: Shaped[np.ndarray, "h w c"]) -> Shaped[np.ndarray, "h w"]:
    """Pack the first three channels into one number per pixel."""
    red, green, blue = (pixels[..., channel].astype(np.int32) for channel in range(3))
    return red << 16 | green << 8 | blue


def unpack(value: int) -> tuple[int, int, int]:
    """Return the RGB color of a packed number."""
    return value >> 16 & 255, value >> 8 & 255, value & 255


def count_values(mask: RawMask) -> dict[int, int]:
    """Count the pixels of each raw value; of a mask with more than `MAX_VALUES` values, only the first ones."""
    if mask.values.dtype == np.uint8:
        counts = np.bincount(mask.values.ravel(), minlength=256)
        return {int(value): int(counts[value]) for value in np.flatnonzero(counts)}
    values, pixels = np.unique(mask.values, return_counts=True)
    return {int(value): int(count) for value, count in list(zip(values, pixels, strict=True))[:MAX_VALUES]}


class TruthTable:
    """Looks up the class of raw mask values, one table per coding."""

    def __init__(self, classes: dict[Coding, dict[int, int]]) -> None:
        self.classes = classes
        self._tables = {coding: _table(known) for coding, known in classes.items() if coding != "color"}
        colors = sorted(classes["color"].items())
        self._colors = np.array([color for color, _ in colors], dtype=np.int32)
        self._color_classes = np.array([index for _, index in colors], dtype=np.uint8)

    def unknown(self, coding: Coding, values: dict[int, int]) -> list[int]:
        """Return the raw values that are neither a class nor ignored."""
        return [value for value in values if value not in self.classes[coding]]

    def truth(self, mask: RawMask) -> UInt8[np.ndarray, "h w"]:
        """Return the class index of each pixel; `IGNORE` for ignored pixels and for values nobody named."""
        if mask.coding != "color":
            return np.asarray(self._tables[mask.coding][mask.values])
        place = np.searchsorted(self._colors, mask.values).clip(max=len(self._colors) - 1)
        return np.where(self._colors[place] == mask.values, self._color_classes[place], IGNORE).astype(np.uint8)


def _table(known: dict[int, int]) -> UInt8[np.ndarray, "65536"]:
    table = np.full(2**16, IGNORE, dtype=np.uint8)
    for value, index in known.items():
        table[value] = index
    return table
