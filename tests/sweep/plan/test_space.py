from collections.abc import Sequence

import pytest
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.utils import create_config_search_path

from segsweep.config.options import conf_dir
from segsweep.core.errors import SweepError
from segsweep.sweep.plan.space import RUNS_AXIS, Space, read_space

LOADER = ConfigLoaderImpl(create_config_search_path(str(conf_dir())))


def space(*words: str, runs: Sequence[str] = (), is_grid: bool = True) -> Space:
    return read_space(words, runs, is_grid=is_grid, loader=LOADER)


def test_a_grid_is_every_combination_and_the_last_axis_varies_fastest() -> None:
    swept = space("model=unet,fpn", "optimizer.lr=0.1", "seed=range(0,2)")
    assert [" ".join(swept.varied(params)) for params in swept.cells()] == [
        "model=unet seed=0",
        "model=unet seed=1",
        "model=fpn seed=0",
        "model=fpn seed=1",
    ]
    assert swept.fixed == ("optimizer.lr=0.1",)


def test_the_last_word_of_a_key_counts() -> None:
    swept = space("model=unet,fpn", "seed=0,1", "model=pan")
    assert list(swept.axes) == ["seed"]
    assert swept.fixed == ("model=pan",)


def test_a_value_swept_twice_is_run_once() -> None:
    assert len(list(space("seed=1,1,2").cells())) == 2


def test_shuffled_lists_and_globs_of_options_are_values() -> None:
    assert {cell["seed"] for cell in space("seed=shuffle(1,2,3)").cells()} == {"1", "2", "3"}
    assert {cell["model"] for cell in space("model=glob(unet*)").cells()} == {"unet", "unetplusplus"}


def test_settings_that_go_together_are_one_axis_beside_the_others() -> None:
    swept = space("seed=0,1", runs=["model=unet loss=dice", "model=fpn loss=focal optimizer.lr=0.01"])
    cells = [swept.varied(params) for params in swept.cells()]
    assert len(cells) == 4
    assert cells[2] == ["model=fpn", "loss=focal", "optimizer.lr=0.01", "seed=0"]
    assert list(swept.axes) == [RUNS_AXIS, "seed"]


def test_a_search_keeps_ranges_as_ranges() -> None:
    axes = space("optimizer.lr=tag(log,interval(0.001,0.1))", "seed=range(0,3)", "model=unet,fpn", is_grid=False).axes
    assert (axes["optimizer.lr"].low, axes["optimizer.lr"].high, axes["optimizer.lr"].log) == (0.001, 0.1, True)  # type: ignore[attr-defined]
    assert (axes["seed"].low, axes["seed"].high) == (0, 2)  # type: ignore[attr-defined]
    assert axes["model"].choices == ("unet", "fpn")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("words", "runs", "says"),
    [
        (["seed=0"], [], "Nothing is swept"),
        (["optimizer.lr=interval(0.1,1)"], [], "hydra/sweeper/sampler=tpe"),
        (["model=glob(zzz*)"], [], "matches no option"),
        (["model=unet,fpn"], ["model=pan"], "model is set by sweep.runs and swept as well"),
        (["seed=0,1"], ["model"], "no list of settings"),
        (["seed=0,1"], ["model=unet,fpn"], "each must have one value"),
    ],
)
def test_what_cannot_be_swept_is_said(words: list[str], runs: list[str], says: str) -> None:
    with pytest.raises(SweepError, match=".*".join(says.split())):
        space(*words, runs=runs)


def test_a_search_over_a_range_without_steps_says_why_it_cannot() -> None:
    with pytest.raises(SweepError, match="seed=range\\(0,0\\) cannot be swept"):
        space("seed=range(0,0)", is_grid=False)
