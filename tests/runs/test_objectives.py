import math
from typing import Any

import pytest

from segsweep.core.errors import ConfigError, RunError
from segsweep.runs.facts import CostFacts
from segsweep.runs.objectives import objective_values, read_objectives
from segsweep.runs.record import RunRecord


def record(**cost: Any) -> RunRecord:
    metrics = {"val/miou": 0.5, "test/dice": 0.75, "val/iou/box": None}
    return RunRecord(
        "a", "complete", metrics, config={}, cost=CostFacts.read({"eval_img_s": 40.0, "gflops": 3.0, **cost})
    )


def test_values_come_in_the_order_of_the_objectives_from_metrics_and_costs() -> None:
    objectives = read_objectives(
        ["cost/ms_per_image:min", "test/dice:max", "cost/gflops:min", "val/miou:max"], allow_test=True
    )
    assert objectives["cost/ms_per_image"] == "min"
    assert objective_values(record(), objectives) == [1000 / 40, 0.75, 3.0, 0.5]


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ("miou:max", "miou is neither val/..., test/... nor cost/..., such as sweep.objectives=[val/dice:max"),
        ("val/miou", "val/miou is neither max nor min"),
        ("val/miou:most", "val/miou is neither max nor min but most"),
        ("test/dice:max", "Try sweep.objectives=[val/dice:max], or insist with sweep.allow_test_objective=true"),
    ],
)
def test_a_wrong_objective_is_told_with_an_example(setting: str, text: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read_objectives([setting], allow_test=False)
    assert text in str(raised.value)


def test_an_objective_that_the_run_has_not_is_told_with_the_nearest() -> None:
    with pytest.raises(RunError, match=r"no val/mio\. Nearest: val/miou.*record\.json"):
        objective_values(record(), {"val/mio": "max"})


@pytest.mark.parametrize(("name", "cost"), [("val/iou/box", {}), ("cost/eval_img_s", {"eval_img_s": math.nan})])
def test_an_undefined_objective_is_told_with_what_to_choose_instead(name: str, cost: dict[str, float]) -> None:
    with pytest.raises(RunError, match=f"{name} of the run is no number.*sweep.objectives"):
        objective_values(record(**cost), {name: "max"})


def test_a_speed_that_was_not_measured_gives_no_latency() -> None:
    with pytest.raises(RunError, match="cost/ms_per_image"):
        objective_values(record(eval_img_s=None), {"cost/ms_per_image": "min"})
