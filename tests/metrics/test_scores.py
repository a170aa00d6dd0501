"""Scores from counts: by hand, for absent classes, beyond what float32 can tell apart."""

import math

import pytest
import torch

from segsweep.metrics.scores import (
    Outcomes,
    accuracy,
    competition_dice,
    mean_over_classes,
    outcomes_of_channels,
    outcomes_of_classes,
    score_classes,
)
from segsweep.metrics.spec import counted_metrics

# class 0: tp 3, fp 1, fn 2; class 1: tp 4, fp 2, fn 1; 10 pixels
COUNTS = torch.tensor([[3, 2], [1, 4]])
BY_HAND = {
    "iou": [3 / 6, 4 / 7],
    "dice": [6 / 9, 8 / 11],
    "f1": [6 / 9, 8 / 11],
    "precision": [3 / 4, 4 / 6],
    "recall": [3 / 5, 4 / 5],
    "accuracy": [7 / 10, 7 / 10],
}
NAN = math.nan
# Class 1 is predicted but never true, class 2 true but never predicted, class 3 neither.
ABSENT = torch.tensor([[2, 1, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]])
ABSENT_BY_HAND = {
    "iou": [2 / 4, 0, 0, NAN],
    "dice": [4 / 6, 0, 0, NAN],
    "f1": [4 / 6, 0, 0, NAN],
    "precision": [2 / 3, 0, 0, NAN],
    "recall": [2 / 3, 0, 0, NAN],
    "accuracy": [2 / 4, 3 / 4, 3 / 4, NAN],
}


def test_every_score_of_the_table_is_worked_out_by_hand_here() -> None:
    assert list(BY_HAND) == [name for row in counted_metrics() for name in row.of_class]


@pytest.mark.parametrize("name", BY_HAND)
def test_a_score_per_class_by_hand(name: str) -> None:
    assert score_classes(outcomes_of_classes(COUNTS))[name].tolist() == pytest.approx(BY_HAND[name])


@pytest.mark.parametrize("name", BY_HAND)
def test_a_class_that_is_neither_true_nor_predicted_is_nan_and_one_that_is_either_counts(name: str) -> None:
    assert score_classes(outcomes_of_classes(ABSENT))[name].tolist() == pytest.approx(ABSENT_BY_HAND[name], nan_ok=True)


def test_means_leave_nan_classes_out_and_accuracy_is_over_pixels() -> None:
    o = outcomes_of_classes(ABSENT)
    means = mean_over_classes(score_classes(o), o, exclusive=True)
    assert means["miou"] == pytest.approx((2 / 4 + 0 + 0) / 3)
    assert means["dice"] == means["f1"] == pytest.approx((4 / 6 + 0 + 0) / 3)
    assert means["accuracy"] == pytest.approx(2 / 4)


def test_without_any_pixel_every_score_is_nan() -> None:
    o = outcomes_of_channels(torch.zeros(2, 2, 2, dtype=torch.int64))
    assert all(values.isnan().all() for values in score_classes(o).values())
    assert all(value.isnan() for value in mean_over_classes(score_classes(o), o, exclusive=False).values())


def test_a_channel_is_scored_by_its_positive_side_and_accuracy_is_over_all_channels() -> None:
    o = outcomes_of_channels(torch.stack([COUNTS, torch.tensor([[9, 0], [1, 0]])]))
    assert score_classes(o)["iou"].tolist() == pytest.approx([4 / 7, 0])
    assert accuracy(o, exclusive=False) == pytest.approx((7 + 9) / 20)


def test_the_competition_gives_1_to_a_class_that_an_image_neither_holds_nor_predicts() -> None:
    # Image 1: class a tp 2 fp 1 fn 1, class b nowhere; image 2: a missed (fn 5), b right (tp 3).
    o = Outcomes(
        *(torch.tensor(part) for part in ([[2, 0], [0, 3]], [[1, 0], [0, 0]], [[1, 0], [5, 0]], [[6, 10], [5, 7]]))
    )
    of_a = ((4 + 1e-4) / (6 + 1e-4) + 1e-4 / (5 + 1e-4)) / 2
    assert competition_dice(o) == pytest.approx((of_a + (1 + 1) / 2) / 2, rel=1e-12)


def test_scores_tell_pixels_apart_beyond_what_float32_can_count() -> None:
    o = Outcomes(*(torch.tensor([[part]]) for part in (2**40, 0, 1, 0)))
    assert score_classes(o)["recall"].item() == 2**40 / (2**40 + 1) < 1
    assert competition_dice(o) == (2**41 + 1e-4) / (2**41 + 1 + 1e-4) < 1
