import time
from typing import Any

import pytest

from segsweep.schema import SweepConfig
from segsweep.sweep.queue.budget import Budget


def settings(**given: Any) -> SweepConfig:
    plain: dict[str, Any] = dict.fromkeys(("max_hours", "max_runs", "max_failures"))
    return SweepConfig(**{**plain, "fail_fast": False, **given})


def test_without_limits_a_budget_never_ends() -> None:
    budget = Budget(settings())
    assert all(budget.start() for _ in range(100))
    assert budget.exhausted() is None


def test_each_limit_ends_a_budget_and_is_named_as_it_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Budget(settings(max_runs=2))
    assert [runs.start() for _ in range(3)] == [True, True, False]
    assert runs.exhausted() == "sweep.max_runs=2"
    failures, fast = Budget(settings(max_failures=1)), Budget(settings(fail_fast=True))
    for budget in (failures, fast):
        assert budget.start()
        budget.failed()
        assert not budget.start()
    assert failures.exhausted() == "sweep.max_failures=1"
    assert fast.exhausted() == "sweep.fail_fast=true"
    hours, now = Budget(settings(max_hours=0.5)), time.monotonic()
    assert hours.start()
    monkeypatch.setattr(time, "monotonic", lambda: now + 1801)
    assert not hours.start()
    assert hours.exhausted() == "sweep.max_hours=0.5"
