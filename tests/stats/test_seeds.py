"""How much runs differ by their seed."""

import numpy as np
import pytest
from numpy.typing import NDArray

from segsweep.stats.seeds import SeedVariance, fold_variance, seed_variance

Array = NDArray[np.float64]


def variance(runs: list[Array]) -> SeedVariance:
    found = seed_variance(runs)
    assert found is not None
    return found


def test_what_was_run_once_borrows_the_variance_of_the_others() -> None:
    # Run means 0.2 and 0.4 (variance 0.02), 0.5 and 0.7 (0.02); the third was run once. All images of a run are equal.
    runs = [np.array([[0.2, 0.2], [0.4, 0.4]]), np.array([[0.5, 0.5], [0.7, 0.7]]), np.array([[0.9, 0.9]])]
    found = variance(runs)
    assert found.own[0] == pytest.approx(found.own[1])
    assert found.own == pytest.approx([0.02] * 3, rel=0.5)
    assert seed_variance(runs[2:]) is None


def test_a_configuration_that_jumps_from_run_to_run_does_not_make_the_others_noisy() -> None:
    rng = np.random.default_rng(0)
    steady = [rng.normal(0.9, 0.001, (3, 1)) for _ in range(8)]
    found = variance([*steady, rng.normal(0.4, 0.1, (3, 1)), np.full((3, 1), 0.2)])
    assert max(found.own[:8]) < 4e-6
    assert found.own[8] > 1e-3
    assert max(found.own[9:]) < 4e-6


def test_what_is_drawn_scatters_as_a_mean_of_runs_does() -> None:
    rng = np.random.default_rng(0)
    found = variance([rng.normal(0, 0.02, (40, 1)) for _ in range(3)])
    drawn = found.draw(np.array([40.0, 40.0, 10.0]), 20_000, rng)
    assert drawn.std(0) == pytest.approx(np.sqrt(found.own / [40, 40, 10]), rel=0.05)


def test_folds_say_how_much_runs_differ_where_each_has_a_run_of_its_own() -> None:
    # A run's own part has a standard deviation of 0.02 on each of 40 folds, so that of their mean is 0.02 / sqrt(40).
    rng, folds = np.random.default_rng(1), np.repeat(np.arange(40), 25)
    means = rng.normal(0, 0.1, 1000) + rng.normal(0, 0.02, (6, 40))[:, folds] + rng.normal(0, 0.05, (6, 1000))
    found = fold_variance(means, folds)
    assert found is not None
    assert np.sqrt(found.lasting).mean() == pytest.approx(0.02 / np.sqrt(40), rel=0.1)
    assert found.of_images == pytest.approx([0.05**2 / 1000] * 6, rel=0.2)
    assert fold_variance(means[:1], folds) is None
