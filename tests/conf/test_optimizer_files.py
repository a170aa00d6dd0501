"""Every file in conf/optimizer composes, is typed, and is accepted by its optimizer."""

import pytest

from segsweep.optim.optimizers import check_optimizer
from segsweep.optim.spec import OPTIMIZERS, OptimizerConfig
from tests.conf.composing import compose_group, first_line, option_files

FILES = option_files("optimizer")


def test_there_is_a_file_for_each_optimizer_of_torch_and_one_for_timm() -> None:
    assert set(FILES) == {*OPTIMIZERS, "timm"}


@pytest.mark.parametrize("name", FILES)
def test_every_optimizer_file_is_accepted_by_its_optimizer(name: str) -> None:
    optimizer = compose_group("optimizer", f"optimizer={name}")
    assert isinstance(optimizer, OptimizerConfig)
    assert optimizer.name == name or name == "timm"
    check_optimizer(optimizer)


@pytest.mark.parametrize("name", FILES)
def test_every_optimizer_file_says_in_its_first_line_what_it_is(name: str) -> None:
    assert first_line("optimizer", name).startswith("# ")


def test_the_command_in_the_file_of_timm_works() -> None:
    assert compose_group("optimizer", "optimizer=timm", "optimizer.name=lamb").name == "lamb"


def test_options_are_set_by_key() -> None:
    assert compose_group("optimizer", "optimizer=sgd", "optimizer.options.momentum=0.8").options["momentum"] == 0.8
    assert compose_group("optimizer", "+optimizer.options.betas=[0.8,0.9]").options == {"betas": [0.8, 0.9]}
