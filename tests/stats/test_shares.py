"""The share of each image in a ratio of sums."""

import numpy as np
import pytest

from segsweep.stats.shares import effective_number, ratio_shares


def test_the_mean_of_the_shares_is_the_ratio_and_their_scatter_that_of_the_jackknife() -> None:
    rng = np.random.default_rng(0)
    below = np.exp(rng.normal(0, 1.2, 12))
    above = below * rng.random(12)
    shares = ratio_shares(above, below)
    assert shares.mean() == pytest.approx(above.sum() / below.sum())
    without = np.array([np.delete(above, out).sum() / np.delete(below, out).sum() for out in range(12)])
    jackknife = 11 / 12 * ((without - without.mean()) ** 2).sum()
    assert shares.var(ddof=1) / 12 == pytest.approx(jackknife)


def test_images_of_equal_size_have_their_own_score_as_share_and_an_empty_ratio_is_0() -> None:
    assert ratio_shares(np.array([1.0, 3.0]), np.array([4.0, 4.0])) == pytest.approx([1 / 4, 3 / 4])
    assert ratio_shares(np.zeros(2), np.zeros(2)) == pytest.approx([0.0, 0.0])


def test_the_images_of_a_group_count_as_one() -> None:
    above, below, groups = np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 4.0]), np.array([0, 1, 0])
    assert ratio_shares(above, below, groups) == pytest.approx(ratio_shares(np.array([4.0, 2.0]), np.array([6.0, 4.0])))


def test_kish_counts_how_many_equal_images_would_weigh_the_same() -> None:
    assert effective_number(np.ones(7)) == pytest.approx(7)
    assert effective_number(np.array([3.0, 1.0])) == pytest.approx(16 / 10)
    assert effective_number(np.array([3.0, 1.0, 2.0]), np.array([0, 1, 1])) == pytest.approx(2)
