import torch

from segsweep.metrics.images import ImageScores
from segsweep.training.callbacks.samples import best_median_worst, evenly_spaced

NAN = float("nan")


def images(*dice: float) -> ImageScores:
    return ImageScores(torch.arange(len(dice)), {}, {"dice": torch.tensor(dice, dtype=torch.float64)})


def test_the_shown_images_are_spread_over_the_split() -> None:
    assert evenly_spaced(100, 4) == [12, 37, 62, 87]
    assert evenly_spaced(3, 4) == [0, 1, 2]
    assert evenly_spaced(0, 4) == []


def test_best_median_and_worst_are_told_by_dice_and_images_without_one_are_passed_over() -> None:
    assert best_median_worst(images(0.25, NAN, 0.5, 0.75)) == [
        ("best", 3, 0.75),
        ("median", 2, 0.5),
        ("worst", 0, 0.25),
    ]
    assert best_median_worst(images(0.25, 0.5)) == [("best", 1, 0.5), ("worst", 0, 0.25)]
    assert best_median_worst(images(NAN, 0.5)) == [("best", 1, 0.5)]
    assert best_median_worst(images(NAN)) == []
