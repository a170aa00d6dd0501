"""Outlines: by hand, for empty masks, and against DeepMind's library and scipy on thousands of random masks."""

from collections.abc import Iterator

import numpy as np
import pytest
import surface_distance
import torch
from jaxtyping import Bool
from scipy import ndimage

from segsweep.core.task import IGNORE, Task
from segsweep.metrics.boundary import boundary_scores
from segsweep.metrics.boundary_meter import BoundaryMeter

NAN = float("nan")
EMPTY = np.zeros((6, 8), bool)


def box(rows: slice, columns: slice) -> Bool[np.ndarray, "h w"]:
    mask = EMPTY.copy()
    mask[rows, columns] = True
    return mask


def test_outlines_of_a_moved_box_by_hand() -> None:
    # A box of 4 x 4 and the same one pixel to the right. Each outline has 12 sides of 1 px and 4 corners of 0.71 px;
    # the left and the right side (5 pieces each: 3 sides and 2 corners) are 1 px away, above and below nothing is.
    scores = boundary_scores(box(slice(1, 5), slice(1, 5)), box(slice(1, 5), slice(2, 6)), tolerance_px=1)
    assert scores.hd95 == 1
    assert scores.surface_dice == 1
    # Bands of 12 pixels; they share 3 + 3 above and below and nothing else: 6 / (12 + 12 - 6).
    assert scores.boundary_iou == pytest.approx(6 / 18)


def test_the_tolerance_decides_what_agrees() -> None:
    wide, narrow = box(slice(0, 6), slice(0, 8)), box(slice(0, 6), slice(0, 4))
    strict, lax = (boundary_scores(wide, narrow, tolerance_px=px) for px in (1, 4))
    assert strict.hd95 == lax.hd95 == 4
    assert strict.surface_dice < lax.surface_dice == 1
    assert strict.boundary_iou < lax.boundary_iou == 24 / 48  # the band of 4 px is the whole mask


def test_equal_masks_agree_and_empty_ones_have_no_score() -> None:
    mask = box(slice(2, 4), slice(3, 7))
    assert boundary_scores(mask, mask, 2) == (0, 1, 1)
    assert boundary_scores(EMPTY, EMPTY, 2) == pytest.approx((NAN, NAN, NAN), nan_ok=True)
    assert boundary_scores(mask, EMPTY, 2) == boundary_scores(EMPTY, mask, 2) == (10, 0, 0)  # 6 x 8 px: diagonal 10


def random_masks() -> Iterator[tuple[Bool[np.ndarray, "h w"], ...]]:
    random = np.random.default_rng(0)
    for _ in range(2000):
        shape = random.integers(1, 20, 2)
        smooth = (ndimage.uniform_filter(random.random(shape), random.integers(1, 6)) for _ in range(2))
        yield tuple(values > random.uniform(0.3, 0.7) for values in smooth)


@pytest.mark.slow
def test_random_masks_score_as_in_the_libraries() -> None:
    num_compared = 0
    for number, (pred, truth) in enumerate(random_masks()):
        if not pred.any() or not truth.any():
            continue
        tolerance_px = 1 + number % 3
        found = boundary_scores(pred, truth, tolerance_px)
        distances = surface_distance.compute_surface_distances(truth, pred, (1, 1))
        assert found.hd95 == pytest.approx(surface_distance.compute_robust_hausdorff(distances, 95))
        expected = surface_distance.compute_surface_dice_at_tolerance(distances, tolerance_px)
        assert found.surface_dice == pytest.approx(expected)
        one, other = (mask & (chessboard(mask) <= tolerance_px) for mask in (pred, truth))
        assert found.boundary_iou == pytest.approx((one & other).sum() / (one | other).sum())
        num_compared += 1
    assert num_compared > 1000


def chessboard(mask: Bool[np.ndarray, "h w"]) -> np.ndarray:
    """Return the steps of a chess king to the next pixel outside the mask."""
    distances: np.ndarray = ndimage.distance_transform_cdt(np.pad(mask, 1), metric="chessboard")
    return distances[1:-1, 1:-1]


def test_a_large_image_has_the_distances_of_scipy() -> None:
    random = np.random.default_rng(0)
    pred, truth = (ndimage.uniform_filter(random.random((900, 1200)), 40) > 0.51 for _ in range(2))
    distances = surface_distance.compute_surface_distances(truth, pred, (1, 1))
    assert boundary_scores(pred, truth, 2).hd95 == surface_distance.compute_robust_hausdorff(distances, 95)


@pytest.mark.parametrize("kind", ["binary", "multiclass", "multilabel"])
def test_each_class_is_measured_and_unlabelled_pixels_belong_to_no_mask(kind: str) -> None:
    mask = torch.zeros(1, 6, 8, dtype=torch.uint8)
    mask[:, 1:5, 1:5] = 1
    truth = mask.clone()
    truth[:, :, 4:] = IGNORE  # half of the box is unlabelled, and all of what is beside it
    other = {"binary": Task("binary", ("no", "yes")), "multilabel": Task("multilabel", ("yes", "nowhere"))}
    task = other.get(kind, Task("multiclass", ("no", "yes", "nowhere")))
    if kind == "binary":
        logits = mask.float().unsqueeze(1) - 0.5
    else:
        layers = [1 - mask, mask, mask * 0] if kind == "multiclass" else [mask, mask * 0]
        logits = torch.stack([layer.float() - 0.5 for layer in layers], 1)
        truth = torch.stack([truth, truth * 0], 1) if kind == "multilabel" else truth
    meter = BoundaryMeter(task, 1)
    meter.update(logits, truth, torch.tensor([0]))
    scores = meter.collect()
    place = task.scored_names.index("yes")
    assert [scores[name][0, place].item() for name in ("hd95", "surface_dice", "boundary_iou")] == [0, 1, 1]
    if kind != "binary":
        assert scores["hd95"][0, -1].isnan()
