"""Every file in conf/scheduler composes, is typed, and builds."""

import pytest
import torch
from torch import nn

from segsweep.optim.schedules import build_scheduler
from segsweep.optim.spec import SCHEDULES, check_schedule
from tests.conf.composing import compose_group, first_line, option_files

FILES = option_files("scheduler")


def test_there_is_a_file_for_each_schedule() -> None:
    assert set(FILES) == set(SCHEDULES)


@pytest.mark.parametrize("name", FILES)
def test_every_schedule_file_builds_and_suits_a_run_of_one_epoch(name: str) -> None:
    scheduler = compose_group("scheduler", f"scheduler={name}")
    assert isinstance(scheduler, SCHEDULES[name].settings)
    check_schedule(scheduler, max_epochs=1)
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.1)
    build_scheduler(scheduler, optimizer, total_steps=10, steps_per_epoch=10, monitor_mode="max")
    assert 0 < optimizer.param_groups[0]["lr"] <= 0.1


@pytest.mark.parametrize("name", FILES)
def test_every_schedule_file_says_in_its_first_line_what_it_does(name: str) -> None:
    assert first_line("scheduler", name).startswith("# ")
