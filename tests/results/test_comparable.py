from typing import Any

import pytest

from segsweep.errors.comparison import ComparisonError
from segsweep.results.comparable import require_comparable
from segsweep.results.record import RunRecord


def record(*, dice: float = 0.0, tolerance_px: int = 2, class_weights: list[float] | None = None) -> RunRecord:
    loss: dict[str, Any] = {"bce": {"weight": 1.0}, "dice": {"weight": dice, "smooth": 0.0}, "class_weights": "auto"}
    config = {"loss": loss, "metrics": {"boundary_tolerance_px": tolerance_px}}
    training = {"class_weights": class_weights}
    return RunRecord(name="unet-resnet18-0", status="complete", metrics={}, config=config, training=training)


@pytest.mark.parametrize("metric", ["val/loss", "test/loss"])
@pytest.mark.parametrize("other", [record(dice=1.0), record(class_weights=[1.0, 2.0])])
def test_losses_of_different_losses_are_refused_with_the_reason(metric: str, other: RunRecord) -> None:
    with pytest.raises(ComparisonError, match=f"{metric} cannot be compared between these runs: it depends on loss"):
        require_comparable(metric, [record(), record(), other])
    require_comparable(metric, [other, other])
    require_comparable("val/miou", [record(), other])


def test_a_term_without_weight_makes_no_other_loss() -> None:
    other = record()
    other.config["loss"]["dice"]["smooth"] = 1.0
    require_comparable("val/loss", [record(), other])


@pytest.mark.parametrize("metric", ["test/image/surface_dice", "test/image/boundary_iou/bone"])
def test_overlaps_of_boundaries_are_compared_at_one_tolerance(metric: str) -> None:
    with pytest.raises(ComparisonError, match=r"depends on metrics\.boundary_tolerance_px, and they have 2 and 5"):
        require_comparable(metric, [record(), record(tolerance_px=5)])
    require_comparable("test/image/hd95", [record(), record(tolerance_px=5)])
