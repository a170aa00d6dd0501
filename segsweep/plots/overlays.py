"""An image, its truth, its prediction and the errors between them, as RGB pictures of one size."""

import numpy as np
from jaxtyping import Bool, Float32, UInt8
from PIL import Image

from segsweep.core.task import IGNORE
from segsweep.plots.palette import BOTH, EXTRA, MISSED, RIGHT, WRONG, Colors, stripes

Rgb = UInt8[np.ndarray, "h w 3"]
Mask = Bool[np.ndarray, "h w"]
Index = UInt8[np.ndarray, "h w"]
Layers = UInt8[np.ndarray, "k h w"]


def fit_px(size_px: tuple[int, int], longest_px: int) -> tuple[int, int]:
    """Return height and width scaled down, where needed, so that the longer side is `longest_px`."""
    scale = min(1.0, longest_px / max(size_px))
    return max(1, round(size_px[0] * scale)), max(1, round(size_px[1] * scale))


def shrink_image(image: UInt8[np.ndarray, "h w c"], size_px: tuple[int, int]) -> UInt8[np.ndarray, "h2 w2 3"]:
    """Return an image as RGB at another size: gray for one channel, else the first three."""
    first = image[..., :3] if image.shape[2] >= 3 else image[..., :1].repeat(3, axis=2)
    picture = Image.fromarray(np.ascontiguousarray(first))
    return np.array(picture.resize((size_px[1], size_px[0]), Image.Resampling.BOX, reducing_gap=None))


def shrink_mask(mask: UInt8[np.ndarray, "*k h w"], size_px: tuple[int, int]) -> UInt8[np.ndarray, "*k h2 w2"]:
    """Return a mask at another size; each pixel takes the value nearest to its center."""
    rows, columns = (
        ((np.arange(new) + 0.5) * old / new).astype(np.intp) for new, old in zip(size_px, mask.shape[-2:], strict=True)
    )
    return np.ascontiguousarray(mask[..., rows[:, None], columns])


def paint_classes(mask: Index, colors: Colors) -> Rgb:
    """Paint every pixel in the color of its class; unlabelled ones are striped."""
    padded = np.zeros((256, 3), dtype=np.uint8)
    padded[: len(colors)] = colors
    return np.where((mask == IGNORE)[..., None], stripes(*mask.shape), padded[mask])


def paint_layers(picture: Rgb, layers: Layers, colors: Colors) -> Rgb:
    """Lay classes that may overlap over an image: the colors of a pixel's classes mixed, and an outline of each.

    Args:
        picture: The image.
        layers: 1 where a class is, `IGNORE` where it is unlabelled.
        colors: One for each layer.
    """
    present = layers == 1
    num_present = present.sum(axis=0)[..., None]
    mixed = np.einsum("khw,kc->hwc", present.astype(np.float32), colors.astype(np.float32)) / np.maximum(num_present, 1)
    painted = np.where(num_present > 0, 0.5 * _faded(picture) + 0.5 * mixed, _faded(picture))
    for layer, color in zip(present, colors, strict=True):
        painted[_outline(layer)] = color
    unlabelled = (layers == IGNORE).all(axis=0)
    return np.where(unlabelled[..., None], stripes(*unlabelled.shape), painted.astype(np.uint8))


def paint_errors(picture: Rgb, truth: Index | Layers, pred: Index | Layers) -> Rgb:
    """Color what is wrong over a gray image.

    Args:
        picture: The image.
        truth: Class of each pixel: any other prediction is wrong. Or layers of 0 and 1: a pixel is right where all its
            layers are and one is 1, and wrong by an extra class, a missed one, or both.
        pred: The same for the prediction.
    """
    painted = _faded(picture)
    unlabelled = (truth == IGNORE) if truth.ndim == 2 else (truth == IGNORE).all(axis=0)
    for color, mask in _findings(truth, pred).items():
        painted[mask] = 0.15 * painted[mask] + 0.85 * np.array(color)
    return np.where(unlabelled[..., None], stripes(*unlabelled.shape), painted.astype(np.uint8))


def _findings(truth: Index | Layers, pred: Index | Layers) -> dict[tuple[int, int, int], Mask]:
    if truth.ndim == 2:
        return {WRONG: (truth != pred) & (truth != IGNORE)}
    extra = ((pred == 1) & (truth == 0)).any(axis=0)
    missed = ((pred == 0) & (truth == 1)).any(axis=0)
    right = ((pred == 1) & (truth == 1)).any(axis=0) & ~extra & ~missed
    return {RIGHT: right, EXTRA: extra & ~missed, MISSED: missed & ~extra, BOTH: extra & missed}


def _faded(picture: Rgb) -> Float32[np.ndarray, "h w 3"]:
    """Return the image in gray with less contrast, so that colors laid over it are seen."""
    gray = picture.mean(axis=2, keepdims=True, dtype=np.float32).repeat(3, axis=2)
    return np.asarray(gray * np.float32(0.6) + np.float32(70))


def _outline(mask: Mask) -> Mask:
    """Return the pixels of a mask within 2 px of its border."""
    inner = mask.copy()
    for _ in range(2):
        ringed = np.pad(inner, 1, mode="edge")
        inner = inner & ringed[:-2, 1:-1] & ringed[2:, 1:-1] & ringed[1:-1, :-2] & ringed[1:-1, 2:]
    return np.asarray(mask & ~inner)
