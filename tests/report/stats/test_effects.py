"""Main effects by hand, over grids with holes, and where nothing can tell axes apart."""

import itertools
from collections.abc import Sequence

import pytest

from segsweep.report.read.comparison import Effects
from segsweep.report.read.model import Axis, Configuration
from segsweep.report.stats.effects import main_effects

MODEL = Axis("model", ("model.arch",), ("fpn", "pan", "unet"))
LOSS = Axis("loss", ("loss",), ("ce", "dice"))
SIZE = Axis("resolution", ("resolution.height",), ("256", "512"))
TRUE = {"fpn": 0.0, "pan": -0.03, "unet": 0.03, "ce": -0.01, "dice": 0.01, "256": -0.05, "512": 0.05}


def effects(cells: Sequence[Sequence[str]], axes: Sequence[Axis], values: Sequence[float] | None = None) -> Effects:
    names = [axis.name for axis in axes]
    configurations = [
        Configuration(str(number), "", dict(zip(names, cell, strict=True)), ()) for number, cell in enumerate(cells)
    ]
    return main_effects(configurations, values or [0.8 + sum(TRUE[value] for value in cell) for cell in cells], axes)


def test_effects_are_found_although_the_grid_has_holes() -> None:
    cells = list(itertools.product(MODEL.values, LOSS.values, SIZE.values))
    del cells[0], cells[4], cells[-1]
    found = effects(cells, (MODEL, LOSS, SIZE))
    assert {each.value: each.effect for each in found.effects} == pytest.approx(TRUE)
    assert found.explained_fraction == pytest.approx(1.0)
    assert found.confounded == ()


def test_the_interval_is_that_of_a_linear_model() -> None:
    # Two values, two configurations each: effect +-0.05, residuals +-0.01, so variance 4e-4 / 2, error of a half
    # difference sqrt(2e-4 / 4), and t of 0.975 with 2 degrees of freedom is 4.3027.
    found = effects([("256",), ("256",), ("512",), ("512",)], (SIZE,), [0.74, 0.76, 0.84, 0.86])
    large = found.effects[1]
    half = 4.3027 * (2e-4 / 4) ** 0.5
    assert (large.effect, large.low, large.high) == pytest.approx((0.05, 0.05 - half, 0.05 + half), rel=1e-4)
    assert found.explained_fraction == pytest.approx(1 - 4e-4 / (4e-4 + 4 * 0.05**2))


def test_the_intervals_of_two_effects_are_wider_so_that_both_hold_together() -> None:
    # Effects of size +-0.05 and loss 0; residuals of +-0.01 in all eight: variance 8e-4 / 5, error of a half difference
    # sqrt(1.6e-4 / 8), and t of 1 - 0.025 / 2 with 5 degrees of freedom is 3.1634.
    cells = [cell for cell in itertools.product(LOSS.values, SIZE.values) for _ in range(2)]
    values = [(0.75 if size == "256" else 0.85) + 0.01 * (-1) ** number for number, (_, size) in enumerate(cells)]
    large = effects(cells, (LOSS, SIZE), values).effects[-1]
    half = 3.1634 * (1.6e-4 / 8) ** 0.5
    assert (large.effect, large.low, large.high) == pytest.approx((0.05, 0.05 - half, 0.05 + half), rel=1e-4)


def test_axes_that_no_run_tells_apart_get_no_numbers_and_the_others_do() -> None:
    # unet was only trained with dice, fpn only with ce; the size varies with both.
    cells = [("fpn", "ce", "256"), ("fpn", "ce", "512"), ("unet", "dice", "256"), ("unet", "dice", "512")]
    found = effects(cells, (MODEL, LOSS, SIZE))
    assert found.confounded == ("model and loss cannot be told apart: no runs vary one while the other is held",)
    assert {each.value: each.effect for each in found.effects} == pytest.approx({"256": -0.05, "512": 0.05})


def test_an_axis_with_nearly_as_many_values_as_configurations_has_no_effects() -> None:
    rates = Axis("optimizer.lr", ("optimizer.lr",), ("1", "2", "3"))
    found = effects([("1",), ("2",), ("3",)], (rates,), [0.1, 0.2, 0.3])
    assert found.effects == ()
    assert found.confounded == ("optimizer.lr has 3 values in 3 configurations: too many for effects",)
    assert effects([()], (), [0.5]) == Effects((), (), None)
