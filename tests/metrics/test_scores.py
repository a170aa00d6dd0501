"""Scores from counts: by hand, for absent classes, and against scikit-learn on random masks."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from sklearn import metrics as sklearn_metrics

from segsweep.metrics.counts import PixelCounts, count_pixels
from segsweep.metrics.scores import PER_CLASS, accuracy, score_names
from segsweep.task import IGNORE, Task

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
SKLEARN: dict[str, Callable[..., np.ndarray]] = {
    "iou": sklearn_metrics.jaccard_score,
    "dice": sklearn_metrics.f1_score,
    "precision": sklearn_metrics.precision_score,
    "recall": sklearn_metrics.recall_score,
}


@pytest.mark.parametrize("name", PER_CLASS)
def test_a_score_per_class_by_hand(name: str) -> None:
    assert PER_CLASS[name](COUNTS).tolist() == pytest.approx(BY_HAND[name])


@pytest.mark.parametrize("name", PER_CLASS)
def test_a_class_that_is_neither_true_nor_predicted_is_nan_and_one_that_is_either_counts(name: str) -> None:
    assert PER_CLASS[name](ABSENT).tolist() == pytest.approx(ABSENT_BY_HAND[name], nan_ok=True)


def test_means_leave_nan_classes_out_and_accuracy_is_over_pixels() -> None:
    scores = score_names(ABSENT, ("a", "b", "c", "d"))
    assert scores["miou"] == pytest.approx((2 / 4 + 0 + 0) / 3)
    assert scores["dice"] == scores["f1"] == pytest.approx((4 / 6 + 0 + 0) / 3)
    assert scores["accuracy"] == pytest.approx(2 / 4)
    assert math.isnan(scores["iou/d"])


def test_without_any_pixel_every_score_is_nan() -> None:
    assert all(math.isnan(score) for score in score_names(torch.zeros(2, 2, 2, dtype=torch.int64), ("a", "b")).values())


def test_a_channel_is_scored_by_its_positive_side() -> None:
    per_channel = torch.stack([COUNTS, torch.tensor([[9, 0], [1, 0]])])
    scores = score_names(per_channel, ("bone", "nail"))
    assert scores["iou/bone"] == pytest.approx(4 / 7)
    assert scores["iou/nail"] == 0
    assert scores["miou"] == pytest.approx((4 / 7 + 0) / 2)
    assert scores["accuracy"] == pytest.approx((7 + 9) / 20)


@pytest.mark.parametrize("seed", range(5))
def test_multiclass_scores_are_those_of_scikit_learn(seed: int) -> None:
    random = np.random.default_rng(seed)
    truth, pred = random.integers(0, 5, (2, 2, 30, 20))  # class 5 is nowhere
    truth[random.random(truth.shape) < 0.2] = IGNORE
    counts = count_pixels(torch.tensor(pred), torch.tensor(truth), num_classes=6)
    seen = truth != IGNORE
    assert counts.tolist() == sklearn_metrics.confusion_matrix(truth[seen], pred[seen], labels=range(6)).tolist()
    for name, score in SKLEARN.items():
        expected = score(truth[seen], pred[seen], labels=range(5), average=None)
        assert PER_CLASS[name](counts).tolist() == pytest.approx([*expected, NAN], nan_ok=True)
    assert accuracy(counts) == pytest.approx(sklearn_metrics.accuracy_score(truth[seen], pred[seen]))


@pytest.mark.parametrize("kind", ["binary", "multilabel"])
@pytest.mark.parametrize("seed", range(3))
def test_channel_scores_are_those_of_scikit_learn(seed: int, kind: str) -> None:
    random = np.random.default_rng(seed)
    names = ("background", "cell") if kind == "binary" else ("a", "b", "c")
    task = Task("binary" if kind == "binary" else "multilabel", names)
    logits = random.normal(size=(2, task.num_outputs, 30, 20))
    truth = random.integers(0, 2, logits.shape)
    truth[random.random(truth.shape) < 0.2] = IGNORE
    counts = PixelCounts(task)
    as_tensor = torch.tensor(truth, dtype=torch.uint8)
    counts.update(torch.tensor(logits), as_tensor[:, 0] if kind == "binary" else as_tensor)
    scores = counts.scores("val")
    for k, name in enumerate(task.scored_names):
        seen = truth[:, k] != IGNORE
        for score_name, score in SKLEARN.items():
            expected = score(truth[:, k][seen], logits[:, k][seen] > 0)
            assert scores[f"val/{score_name}/{name}"] == pytest.approx(expected)
