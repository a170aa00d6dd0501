from collections.abc import Sequence

import numpy as np
import pytest

from segsweep.core.task import IGNORE, Task
from segsweep.plots.overlays import fit_px, shrink_image, shrink_mask
from segsweep.plots.palette import BOTH, EXTRA, MISSED, RIGHT, STRIPES, WRONG, class_colors
from segsweep.plots.sheets import Sample, panels

GRAY = np.full((1, 4, 1), 100, dtype=np.uint8)
FADED = 130
"""100 * 0.6 + 70."""


def over_gray(color: tuple[int, int, int]) -> list[int]:
    """The color at 85% over the faded image."""
    return [int(0.15 * FADED + 0.85 * part) for part in color]


def sample(truth: Sequence[object], pred: Sequence[object]) -> Sample:
    return Sample("", GRAY, np.array(truth, dtype=np.uint8), np.array(pred, dtype=np.uint8))


def test_multiclass_panels_show_class_colors_and_only_wrong_pixels_as_errors() -> None:
    task, colors = Task("multiclass", ("sky", "road", "car")), class_colors(3, [[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    image, truth, pred, errors = panels(sample([[0, 1, 2, IGNORE]], [[0, 2, 2, 1]]), task, colors)
    assert image[0].tolist() == [[100, 100, 100]] * 4
    assert truth[0, :3].tolist() == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    assert pred[0].tolist() == [[1, 2, 3], [7, 8, 9], [7, 8, 9], [4, 5, 6]]
    assert errors[0, :3].tolist() == [[FADED] * 3, over_gray(WRONG), [FADED] * 3]
    assert tuple(truth[0, 3]) in STRIPES
    assert tuple(errors[0, 3]) in STRIPES


def test_binary_errors_tell_right_extra_and_missed_pixels_apart() -> None:
    errors = panels(sample([[1, 0, 1, 0]], [[1, 1, 0, 0]]), Task("binary", ("no", "yes")), class_colors(2))[3]
    assert errors[0].tolist() == [over_gray(RIGHT), over_gray(EXTRA), over_gray(MISSED), [FADED] * 3]


def test_a_pixel_of_overlapping_classes_is_right_only_where_all_of_them_are() -> None:
    truth = [[[1, 1, 0, 1]], [[1, 1, 0, 0]]]
    pred = [[[1, 1, 0, 0]], [[1, 0, 1, 1]]]
    errors = panels(sample(truth, pred), Task("multilabel", ("a", "b")), class_colors(2))[3]
    assert errors[0].tolist() == [over_gray(RIGHT), over_gray(MISSED), over_gray(EXTRA), over_gray(BOTH)]


def test_the_inside_of_overlapping_classes_mixes_their_colors_and_the_border_has_the_last_one() -> None:
    truth = np.zeros((2, 9, 9), dtype=np.uint8)
    truth[:, 1:8, 1:8] = 1
    shown = Sample("", np.full((9, 9, 1), 100, dtype=np.uint8), truth, truth)
    painted = panels(shown, Task("multilabel", ("a", "b")), class_colors(2, [[200, 0, 0], [0, 100, 0]]))[1]
    assert painted[4, 4].tolist() == [(FADED + 100) // 2, (FADED + 50) // 2, FADED // 2]
    assert painted[1, 4].tolist() == [0, 100, 0]
    assert painted[0, 4].tolist() == [FADED] * 3


def test_a_class_keeps_its_color_however_many_others_there_are_and_no_two_share_one() -> None:
    many = class_colors(255)
    assert len({tuple(color) for color in many.tolist()}) == 255
    assert (class_colors(5) == many[:5]).all()
    assert class_colors(3, [[9, 9, 9]]).tolist() == [[9, 9, 9], *many[1:3].tolist()]


def test_an_image_of_any_number_of_channels_is_shown_as_rgb() -> None:
    channels = np.arange(5, dtype=np.uint8).reshape(1, 1, 5)
    assert shrink_image(channels, (1, 1)).tolist() == [[[0, 1, 2]]]
    assert shrink_image(channels[..., 3:], (1, 1)).tolist() == [[[3, 3, 3]]]


@pytest.mark.parametrize(("size_px", "fitted_px"), [((2048, 1024), (480, 240)), ((100, 50), (100, 50))])
def test_large_images_are_made_smaller_and_small_ones_left(
    size_px: tuple[int, int], fitted_px: tuple[int, int]
) -> None:
    assert fit_px(size_px, 480) == fitted_px


def test_a_smaller_mask_holds_the_values_at_the_centers() -> None:
    mask = np.array([[0, 1, 2, 3, 4, 5]], dtype=np.uint8)
    assert shrink_mask(mask, (1, 2)).tolist() == [[1, 4]]
