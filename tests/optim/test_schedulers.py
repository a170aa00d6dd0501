"""Schedules by the learning rates they give."""

import math
from dataclasses import dataclass
from typing import Any, Literal

import pytest
import torch
from torch import nn
from torch.optim.lr_scheduler import ReduceLROnPlateau

from segsweep.compose import register_schema
from segsweep.config.declare import COUNT, number
from segsweep.core.errors import ConfigError
from segsweep.optim.schedules import Curve, Length, Schedule, build_scheduler, by_step
from segsweep.optim.spec import (
    SCHEDULES,
    ConstantConfig,
    CosineConfig,
    OneCycleConfig,
    PlateauConfig,
    PolyConfig,
    SchedulerConfig,
    ScheduleRow,
    StepConfig,
    check_schedule,
)
from tests.compose import compose

CONFIGS: dict[str, SchedulerConfig] = {
    "onecycle": OneCycleConfig("onecycle", warmup_fraction=0.3, start_lr_fraction=0.04, end_lr_fraction=0.0001),
    "cosine": CosineConfig("cosine", warmup_epochs=1.0, end_lr_fraction=0.1),
    "poly": PolyConfig("poly", warmup_epochs=0.0, power=2.0, end_lr_fraction=0.0),
    "step": StepConfig("step", every_epochs=2, factor=0.1),
    "plateau": PlateauConfig("plateau", patience=2, factor=0.5, end_lr_fraction=0.2),
    "constant": ConstantConfig("constant", warmup_epochs=0.5),
}
PEAKS = (1.0, 0.1)


def optimizer_of_two_groups() -> torch.optim.Optimizer:
    groups = [{"params": [nn.Parameter(torch.zeros(1))], "lr": lr} for lr in PEAKS]
    return torch.optim.SGD(groups, lr=1.0, momentum=0.9)


def build(
    config: SchedulerConfig, total_steps: int, steps_per_epoch: int = 4, mode: Literal["min", "max"] = "max"
) -> tuple[torch.optim.Optimizer, Schedule]:
    optimizer = optimizer_of_two_groups()
    schedule = build_scheduler(
        config, optimizer, total_steps=total_steps, steps_per_epoch=steps_per_epoch, monitor_mode=mode
    )
    return optimizer, schedule


def rates(optimizer: torch.optim.Optimizer, scheduler: Any, num: int) -> list[float]:
    """Return the rates of the first group in the next steps; those of the second must keep their share."""
    found = []
    for _ in range(num):
        first, second = (group["lr"] for group in optimizer.param_groups)
        assert second == pytest.approx(first * PEAKS[1] / PEAKS[0])
        found.append(first)
        optimizer.step()
        scheduler.step()
    return found


def test_every_schedule_of_the_schema_is_tested_here() -> None:
    assert set(CONFIGS) == set(SCHEDULES)


def test_cosine_rises_for_an_epoch_and_ends_at_its_last_step() -> None:
    optimizer, schedule = build(CONFIGS["cosine"], total_steps=9)
    assert schedule.interval == "step"
    # 4 steps up, the peak at step 4, and the 4 quarters of half a cosine from 1 to 0.1
    quarters = [0.55 + 0.45 * math.cos(math.pi * quarter / 4) for quarter in (0, 1, 2, 3, 4)]
    found = rates(optimizer, schedule.scheduler, 9)
    assert found == pytest.approx([0.2, 0.4, 0.6, 0.8, *quarters])
    assert found[4] == 1
    assert found[6] == pytest.approx(0.55)
    assert found[8] == pytest.approx(0.1)


def test_poly_falls_by_the_power_of_what_is_left() -> None:
    optimizer, schedule = build(CONFIGS["poly"], total_steps=4)
    assert schedule.interval == "step"
    assert rates(optimizer, schedule.scheduler, 4) == pytest.approx([1, 9 / 16, 4 / 16, 1 / 16])


def test_poly_warms_up_first_and_never_falls_below_its_end() -> None:
    config = PolyConfig("poly", warmup_epochs=0.25, power=1.0, end_lr_fraction=0.4)
    optimizer, schedule = build(config, total_steps=5)
    assert rates(optimizer, schedule.scheduler, 5) == pytest.approx([0.5, 1, 0.75, 0.5, 0.4])


def test_constant_warms_up_and_stays() -> None:
    optimizer, schedule = build(CONFIGS["constant"], total_steps=6)
    assert rates(optimizer, schedule.scheduler, 6) == pytest.approx([1 / 3, 2 / 3, 1, 1, 1, 1])


def test_onecycle_is_that_of_torch_and_leaves_the_momentum_alone() -> None:
    optimizer, schedule = build(CONFIGS["onecycle"], total_steps=20)
    reference = optimizer_of_two_groups()
    torchs = torch.optim.lr_scheduler.OneCycleLR(
        reference,
        max_lr=list(PEAKS),
        total_steps=20,
        pct_start=0.3,
        div_factor=25,
        final_div_factor=400,
        cycle_momentum=False,
    )
    found = rates(optimizer, schedule.scheduler, 20)
    assert found == pytest.approx(rates(reference, torchs, 20))
    assert (found[0], found[5], found[19]) == pytest.approx((0.04, 1, 0.0001))
    assert optimizer.param_groups[0]["momentum"] == 0.9


def test_onecycle_starts_at_its_peak_when_the_way_up_is_a_single_step() -> None:
    config = OneCycleConfig("onecycle", warmup_fraction=0.1, start_lr_fraction=0.04, end_lr_fraction=0.0)
    optimizer, schedule = build(config, total_steps=10)
    assert rates(optimizer, schedule.scheduler, 10)[0] == 1


def test_step_drops_after_epochs() -> None:
    optimizer, schedule = build(CONFIGS["step"], total_steps=20)
    assert schedule.interval == "epoch"
    assert rates(optimizer, schedule.scheduler, 5) == pytest.approx([1, 1, 0.1, 0.1, 0.01])


@pytest.mark.parametrize(("mode", "sign"), [("max", 1), ("min", -1)])
def test_plateau_drops_at_the_second_validation_that_is_no_better_down_to_its_end(
    mode: Literal["min", "max"], sign: int
) -> None:
    optimizer, schedule = build(CONFIGS["plateau"], total_steps=20, mode=mode)
    assert isinstance(schedule.scheduler, ReduceLROnPlateau)
    assert schedule.interval == "validation"
    found = []
    for metric in (0.5, 0.5, 0.6, 0.6, 0.1, 0.6001, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6):
        schedule.scheduler.step(sign * metric)
        found.append(optimizer.param_groups[0]["lr"])
    assert found == pytest.approx([1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2, 0.2])
    assert optimizer.param_groups[1]["lr"] == pytest.approx(0.02)


@pytest.mark.parametrize("name", [name for name in CONFIGS if name != "plateau"])
def test_a_run_of_a_single_step_takes_it_at_the_peak(name: str) -> None:
    optimizer, schedule = build(CONFIGS[name], total_steps=1, steps_per_epoch=1)
    assert rates(optimizer, schedule.scheduler, 1) == [1]


@pytest.mark.parametrize("name", ["cosine", "poly", "constant"])
def test_a_warm_up_longer_than_the_steps_leaves_the_last_step_at_the_peak(name: str) -> None:
    config = type(CONFIGS[name])(**{**vars(CONFIGS[name]), "warmup_epochs": 9.0})
    optimizer, schedule = build(config, total_steps=3)
    assert rates(optimizer, schedule.scheduler, 3) == pytest.approx([1 / 3, 2 / 3, 1])


@pytest.mark.parametrize("name", ["cosine", "poly", "constant"])
def test_a_warm_up_as_long_as_the_run_is_refused_with_one_that_fits(name: str) -> None:
    config = type(CONFIGS[name])(**{**vars(CONFIGS[name]), "warmup_epochs": 5.0})
    check_schedule(config, max_epochs=6)
    message = "warmup_epochs=5 takes the whole run of trainer.max_epochs=5. Try scheduler.warmup_epochs=0.5"
    with pytest.raises(ConfigError, match=message):
        check_schedule(config, max_epochs=5)


@pytest.mark.parametrize("name", ["onecycle", "step", "plateau"])
def test_a_schedule_without_warm_up_has_none_that_could_be_too_long(name: str) -> None:
    check_schedule(CONFIGS[name], max_epochs=1)


@pytest.mark.parametrize("name", CONFIGS)
def test_a_run_that_was_killed_goes_on_with_the_same_rates(name: str) -> None:
    def advance(optimizer: torch.optim.Optimizer, schedule: Schedule, num: int) -> list[float]:
        found = []
        for _ in range(num):
            found.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            if isinstance(schedule.scheduler, ReduceLROnPlateau):
                schedule.scheduler.step(0.5)
            else:
                schedule.scheduler.step()
        return found

    whole = advance(*build(CONFIGS[name], total_steps=12), 12)
    optimizer, schedule = build(CONFIGS[name], total_steps=12)
    advance(optimizer, schedule, 5)
    state = (optimizer.state_dict(), schedule.scheduler.state_dict())
    optimizer, schedule = build(CONFIGS[name], total_steps=12)
    optimizer.load_state_dict(state[0])
    schedule.scheduler.load_state_dict(state[1])
    assert advance(optimizer, schedule, 7) == whole[5:]
    assert len(set(whole)) > 1


@dataclass
class StairsConfig(SchedulerConfig):
    """Down one stair after every `steps` steps."""

    steps: int = number(COUNT, default=2)
    """Steps of the optimizer on each stair."""


@by_step
def stairs(config: StairsConfig, length: Length) -> Curve:
    return lambda step: 1 / (1 + step // config.steps)


def test_a_schedule_of_a_plugin_is_an_option_and_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SCHEDULES, "_rows", dict(SCHEDULES._rows))
    SCHEDULES.add(ScheduleRow("stairs", StairsConfig, f"{__name__}:stairs"))
    register_schema()
    chosen = compose("scheduler=stairs", "scheduler.steps=3").scheduler
    assert chosen == StairsConfig("stairs", steps=3)
    check_schedule(chosen, max_epochs=1)
    optimizer, schedule = build(chosen, total_steps=6)
    assert rates(optimizer, schedule.scheduler, 6) == pytest.approx([1, 1, 1, 1 / 2, 1 / 2, 1 / 2])


def test_a_schedule_that_does_not_exist_or_has_other_settings_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"scheduler.name=cosin does not exist. Nearest: cosine"):
        check_schedule(SchedulerConfig("cosin"), max_epochs=1)
    with pytest.raises(ConfigError, match="Choose it as scheduler=poly"):
        check_schedule(CosineConfig("poly", warmup_epochs=0.0, end_lr_fraction=0.0), max_epochs=1)
