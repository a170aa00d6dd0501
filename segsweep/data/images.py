"""From the bytes of an image file to uint8 pixels of the wanted channels."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from jaxtyping import Shaped, UInt8
from PIL import Image, ImageOps, UnidentifiedImageError

from segsweep.core.errors import DataError

# Pillow's guard against decompression bombs refuses large slides and aerial images; these files are the user's own.
Image.MAX_IMAGE_PIXELS = None
# What is wrong with a file is said once, by us, with the file's name.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

_AS_STORED = {"L", "RGB", "RGBA", "I", "F", "I;16", "I;16B", "I;16L"}
_CONVERTED = {"1": "L", "LA": "L", "La": "L", "CMYK": "RGB", "YCbCr": "RGB", "LAB": "RGB", "HSV": "RGB", "RGBX": "RGB"}


class UnreadableImageError(DataError):
    """A file that cannot be decoded; the text is the reason."""


def read_image(
    source: Path | bytes,
    channels: int,
    value_range: tuple[float, float] | None = None,
    bit_depth: int | None = None,
) -> UInt8[np.ndarray, "h w c"]:
    """Read one image as a network takes it; no data set and no mask is needed.

    Args:
        source: A file, or its bytes.
        channels: 1 (gray), 3 (RGB), or as many as the file holds.
        value_range: Two pixel values that become 0 and 255; None: as the bits say.
        bit_depth: Bits of images of more than 8 whose range becomes 0 to 255; None: the whole range of the type.
    Raises:
        OSError: If the file cannot be opened.
        UnreadableImageError: If the bytes are damaged or no image, or the image has other channels or no known range.
    """
    if isinstance(source, bytes):
        return _image(source, channels, value_range, bit_depth)
    content = source.read_bytes()
    try:
        return _image(content, channels, value_range, bit_depth)
    except UnreadableImageError as error:
        raise UnreadableImageError(f"{source}: {error}") from error


def _image(
    content: bytes, channels: int, value_range: tuple[float, float] | None, bit_depth: int | None
) -> UInt8[np.ndarray, "h w c"]:
    pixels = decode_image(content)
    if not takes_channels(pixels.shape[2], channels):
        raise UnreadableImageError(f"the image has {pixels.shape[2]} channels, not {channels}")
    if pixels.dtype.kind == "f" and value_range is None:
        raise UnreadableImageError("the image holds floating-point values, and no value range says what is black")
    if value_range is None and bit_depth is not None and pixels.dtype.kind in "iu" and pixels.dtype != np.uint8:
        value_range = (0.0, 2.0**bit_depth - 1)
    return to_uint8(to_channels(pixels, channels), value_range)


def takes_channels(stored: int, channels: int) -> bool:
    """Say whether an image of so many channels can be given the wanted ones."""
    return stored == channels or (channels in (1, 3) and stored <= 4)


def decode_image(content: bytes) -> Shaped[np.ndarray, "h w c"]:
    """Decode an image as it is stored: any type, RGB order, turned as its EXIF orientation says.

    Images of five or more channels come as .npy files of shape [h w c]; no image library reads them.

    Raises:
        UnreadableImageError: If the bytes are damaged, cut short or no image.
    """
    return decode(content, _pillow_image)


def decode(content: bytes, with_pillow: Callable[[bytes], Shaped[np.ndarray, "h w *c"]]) -> Shaped[np.ndarray, "h w c"]:
    """Decode with Pillow; what it does not know, or would cut down to 8 bits, with OpenCV; and arrays with NumPy."""
    try:
        if content.startswith(b"\x93NUMPY"):
            pixels = _numpy(content)
        else:
            pixels = _opencv(content) if _is_deep_color(content) else with_pillow(content)
    except UnidentifiedImageError:
        pixels = _opencv(content)
    except (OSError, SyntaxError, ValueError, EOFError, OverflowError, MemoryError) as error:
        raise UnreadableImageError(str(error) or type(error).__name__) from error
    return pixels if pixels.ndim == 3 else pixels[..., None]


def _is_deep_color(content: bytes) -> bool:
    """Whether this is a color image of 16 bits per channel, which Pillow would read as 8."""
    if content[:4] == b"\x89PNG":
        return len(content) > 25 and content[24] == 16 and content[25] in (2, 6)  # bit depth, color type
    if content[:4] not in (b"II*\0", b"MM\0*"):
        return False
    with Image.open(io.BytesIO(content)) as tiff:
        bits = tiff.tag_v2.get(258, (8,))  # type: ignore[attr-defined]
        return tiff.mode in ("RGB", "RGBA", "RGBX") and max(bits) > 8


def _pillow_image(content: bytes) -> Shaped[np.ndarray, "h w *c"]:
    with Image.open(io.BytesIO(content)) as stored:
        image = upright(stored)
        if image.mode in ("P", "PA"):
            return np.asarray(image.convert("RGBA").convert("RGB"))
        return np.asarray(image if image.mode in _AS_STORED else image.convert(_CONVERTED.get(image.mode, "RGB")))


def upright(image: Image.Image) -> Image.Image:
    """Turn an image as its EXIF orientation says, like every viewer does; masks are treated the same."""
    return ImageOps.exif_transpose(image) if image.getexif().get(0x0112, 1) != 1 else image


def _numpy(content: bytes) -> Shaped[np.ndarray, "h w *c"]:
    array = np.load(io.BytesIO(content), allow_pickle=False)
    if array.ndim not in (2, 3) or array.dtype.kind not in "iuf" or 0 in array.shape:
        raise UnreadableImageError(f"an array of shape {array.shape} and type {array.dtype}, not [h w] or [h w c]")
    return np.asarray(array)


def _opencv(content: bytes) -> Shaped[np.ndarray, "h w *c"]:
    if not content:
        raise UnreadableImageError("the file is empty")
    try:
        pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise UnreadableImageError(str(error).splitlines()[0]) from error
    if pixels is None:
        raise UnreadableImageError("no known image format")
    order: dict[int, Any] = {3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGBA}
    color = pixels.ndim == 3 and pixels.shape[2] in order
    return np.asarray(cv2.cvtColor(pixels, order[pixels.shape[2]]) if color else pixels)


def to_channels(pixels: Shaped[np.ndarray, "h w c"], channels: int) -> Shaped[np.ndarray, "h w d"]:
    """Give an image the wanted channels: 1 is gray, 3 is RGB without alpha, any other number is as stored."""
    stored = pixels.shape[2]
    if stored == channels or channels not in (1, 3):
        return pixels
    if stored == 1:
        return np.repeat(pixels, channels, axis=2)
    if stored == 2:
        return np.repeat(pixels[..., :1], channels, axis=2)
    rgb = np.ascontiguousarray(pixels[..., :3])
    return rgb if channels == 3 else np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY))[..., None]


def to_uint8(
    pixels: Shaped[np.ndarray, "h w c"], value_range: tuple[float, float] | None
) -> UInt8[np.ndarray, "h w c"]:
    """Map a range of values linearly to 0..255 and clip; None is the whole range of an integer type."""
    if pixels.dtype == np.uint8 and value_range is None:
        return np.ascontiguousarray(pixels)
    if value_range is None:
        limits = np.iinfo(pixels.dtype)
        low, high = float(limits.min), float(limits.max)
    else:
        low, high = value_range
    scaled = np.nan_to_num((pixels.astype(np.float32) - low) * (255 / (high - low)))
    return np.asarray(np.rint(scaled.clip(0, 255)), dtype=np.uint8)
