"""How well the outlines of two masks agree, in pixels."""

from typing import NamedTuple

import cv2
import numpy as np
from jaxtyping import Bool, Float

_HALF_DIAGONAL = 2**0.5 / 2
_LENGTHS = np.array([0.0, _HALF_DIAGONAL, 1.0, _HALF_DIAGONAL, 0.0])
"""Outline within a window of 2 x 2 pixels by how many of them are in the mask, px; opposite corners have two pieces."""
PERCENTILE = 95.0


class BoundaryScores(NamedTuple):
    """Scores of one mask; NaN where neither the truth nor the prediction holds it."""

    hd95: float
    surface_dice: float
    boundary_iou: float


class Outline(NamedTuple):
    """The pieces of an outline, px; nearest to another outline first."""

    distances: Float[np.ndarray, " p"]
    lengths: Float[np.ndarray, " p"]


def boundary_scores(pred: Bool[np.ndarray, "h w"], truth: Bool[np.ndarray, "h w"], tolerance_px: int) -> BoundaryScores:
    """Compare the outlines of two masks, which agree up to a tolerance; as wide is the band of the boundary IoU.

    If only one of them is empty, nothing was found or all is false: the overlaps are 0 and the distance is the longest
    that the image has, its diagonal.

    Source: HD95 and surface Dice (with outlines measured as there): Nikolov et al., J Med Internet Res 2021;
        boundary IoU: Cheng, Girshick, Dollar, Berg, Kirillov, CVPR 2021.
    """
    if not pred.any() and not truth.any():
        return BoundaryScores(np.nan, np.nan, np.nan)
    if not pred.any() or not truth.any():
        return BoundaryScores(float(np.hypot(*truth.shape)), 0.0, 0.0)
    box = _bounding_box(pred | truth)
    pred, truth = pred[box], truth[box]
    one, other = outline_distances(pred, truth), outline_distances(truth, pred)
    return BoundaryScores(
        hd95=max(_percentile(one), _percentile(other)),
        surface_dice=_surface_dice(one, other, tolerance_px),
        boundary_iou=_boundary_iou(pred, truth, tolerance_px),
    )


def outline_distances(of: Bool[np.ndarray, "h w"], to: Bool[np.ndarray, "h w"]) -> Outline:
    """Return the length of each piece of an outline, and its distance to another outline."""
    lengths, targets = _outline(of), _outline(to)
    to_nearest = cv2.distanceTransform((targets == 0).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    squares = np.rint(to_nearest[lengths > 0].astype(np.float64) ** 2)  # whole numbers, of which cv2 rounds the roots
    distances, lengths = np.sqrt(squares), lengths[lengths > 0]
    order = np.lexsort((lengths, distances))
    return Outline(distances[order], lengths[order])


def _outline(mask: Bool[np.ndarray, "h w"]) -> Float[np.ndarray, "h+1 w+1"]:
    """Return the length of the outline around each corner of a pixel, px."""
    padded = np.pad(mask, 1).astype(np.uint8)
    top_left, top_right = padded[:-1, :-1], padded[:-1, 1:]
    bottom_left, bottom_right = padded[1:, :-1], padded[1:, 1:]
    lengths = _LENGTHS[top_left + top_right + bottom_left + bottom_right]
    opposite = (top_left == bottom_right) & (top_right == bottom_left) & (top_left != top_right)
    return np.where(opposite, 2 * _HALF_DIAGONAL, lengths)


def _percentile(outline: Outline) -> float:
    """Return the distance that 95 % of the outline's length does not exceed."""
    share = np.cumsum(outline.lengths) / np.sum(outline.lengths)
    return float(outline.distances[min(int(np.searchsorted(share, PERCENTILE / 100)), len(share) - 1)])


def _surface_dice(one: Outline, other: Outline, tolerance_px: int) -> float:
    near = sum(lengths[distances <= tolerance_px].sum() for distances, lengths in (one, other))
    return float(near / (one.lengths.sum() + other.lengths.sum()))


def _boundary_iou(pred: Bool[np.ndarray, "h w"], truth: Bool[np.ndarray, "h w"], width_px: int) -> float:
    one, other = _band(pred, width_px), _band(truth, width_px)
    return float((one & other).sum() / (one | other).sum())


def _band(mask: Bool[np.ndarray, "h w"], width_px: int) -> Bool[np.ndarray, "h w"]:
    """Return the pixels of a mask within some pixels of its outside; beyond the image is outside."""
    inner = cv2.erode(
        mask.astype(np.uint8), np.ones((3, 3)), iterations=width_px, borderType=cv2.BORDER_CONSTANT, borderValue=0
    )
    band: np.ndarray = mask & (inner == 0)
    return band


def _bounding_box(mask: Bool[np.ndarray, "h w"]) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
