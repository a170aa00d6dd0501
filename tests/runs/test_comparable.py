from typing import Any

import pytest

from segsweep.runs.comparable import meaning_of
from segsweep.runs.facts import TrainingFacts
from segsweep.runs.record import RunRecord


def record(*, dice: float = 0.0, tolerance_px: int = 2, class_weights: list[float] | None = None) -> RunRecord:
    loss: dict[str, Any] = {"bce": {"weight": 1.0}, "dice": {"weight": dice, "smooth": 0.0}, "class_weights": "auto"}
    config = {"loss": loss, "metrics": {"boundary_tolerance_px": tolerance_px}}
    training = {"class_weights": class_weights}
    return RunRecord(
        name="unet-resnet18-0", status="complete", metrics={}, config=config, training=TrainingFacts.read(training)
    )


def alike(metric: str, one: RunRecord, other: RunRecord) -> bool:
    return meaning_of(metric, one) == meaning_of(metric, other)


@pytest.mark.parametrize("metric", ["val/loss", "test/loss"])
@pytest.mark.parametrize("other", [record(dice=1.0), record(class_weights=[1.0, 2.0])])
def test_losses_of_different_losses_mean_something_else(metric: str, other: RunRecord) -> None:
    assert not alike(metric, record(), other)
    assert alike(metric, other, other)
    assert alike("val/miou", record(), other)


def test_a_term_without_weight_makes_no_other_loss() -> None:
    other = record()
    other.config["loss"]["dice"]["smooth"] = 1.0
    assert alike("val/loss", record(), other)


@pytest.mark.parametrize("metric", ["test/image/surface_dice", "test/image/boundary_iou/bone"])
def test_overlaps_of_boundaries_mean_the_same_at_one_tolerance(metric: str) -> None:
    assert not alike(metric, record(), record(tolerance_px=5))
    assert alike("test/image/hd95", record(), record(tolerance_px=5))
