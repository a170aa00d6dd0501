"""What would decide a pair."""

import numpy as np
import pytest

from segsweep.stats.advice import describe_need, runs_needed, units_needed


def needed(gap: float, seed_variance: float, lasting_variance: float, *, num_configurations: int = 2) -> float:
    parts = (np.array([part]) for part in (gap, seed_variance, lasting_variance))
    return float(runs_needed(*parts, num_configurations=num_configurations)[0])


def test_the_runs_that_settle_a_gap_are_those_of_the_textbook() -> None:
    # sd 0.01, gap 0.01: d = 1, which takes 17 per group for 80% at 5% (Cohen 1988, table 2.4.1).
    assert needed(0.01, 0.0002, 0.0) == 17
    assert needed(0.1, 0.0002, 0.0) == 2
    assert needed(0.001, 0.0002, 0.0) == 0
    assert needed(0.01, 0.0002, 0.0001) == 0


def test_many_configurations_take_more_runs_since_all_pairs_are_corrected_for() -> None:
    # Of 12 there are 66 pairs: normal quantiles 3.37 in place of 1.96, with 0.84 for the power: 35.4 in place of 15.7.
    assert needed(0.01, 0.0002, 0.0, num_configurations=12) == pytest.approx(36, abs=1)


def test_where_runs_do_not_decide_it_takes_images_and_where_these_do_not_either_is_taken() -> None:
    gap, seeds, images = np.array([0.01]), np.array([0.0001]), np.array([0.0004])
    units = units_needed(gap, seeds, images, num_units=30, num_configurations=2, level=0.05)
    # (0.01 / (2.02 + 0.85))^2 leaves 0.0000071 for the images, of which 30 give 0.0004.
    assert units[0] == pytest.approx(30 * 0.0004 / 0.0000071, rel=0.02)
    assert "it takes about 1,700 test images" in describe_need(0.0, 1700.0, own_runs=3, unit="test images")
    assert describe_need(5.0, 0.0, own_runs=5, unit="test images").startswith("6 runs of each would decide it")
    assert describe_need(0.0, 0.0, own_runs=5, unit="test images").endswith("take either")
