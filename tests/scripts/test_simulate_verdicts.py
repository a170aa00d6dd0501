"""A few of the sweeps whose truth is known, small enough for every day."""

import numpy as np
import pytest
from scipy.stats import binom

from scripts.simulate_verdicts import GAP, Kind, coverage, is_false

KINDS = (
    Kind(2, 2, 100, unequal=0.7),
    Kind(5, 3, 8, seed_sd=0.003),
    Kind(6, 3, 100, tails="heavy"),
    Kind(6, 3, 120, groups=12, seed_sd=0.003),
    Kind(6, 3, 40, size_sd=1.2, seed_sd=0.003),
)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_few_sweeps_have_a_false_verdict(kind: Kind) -> None:
    rng, sweeps = np.random.default_rng(0), 60
    better, equal, _ = np.sum([is_false(kind, rng, gap=0.0) for _ in range(sweeps)], axis=0)
    at_margin = np.sum([is_false(kind, rng, gap=GAP, margin=GAP) for _ in range(sweeps)], axis=0)
    assert better + equal <= binom.ppf(0.999, sweeps, 0.05)
    assert max(at_margin[:2]) <= binom.ppf(0.999, sweeps, 0.05)


def test_with_few_large_images_the_interval_of_a_pooled_metric_holds_the_truth_again() -> None:
    held = coverage(300)
    assert held["residuals as they are"] < 0.9
    assert held["and fewer degrees of freedom"] >= binom.ppf(0.001, 300, 0.95) / 300
