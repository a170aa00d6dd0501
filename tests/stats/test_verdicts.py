"""Better, equal, worse, not known: by hand, and in simulated sweeps whose truth is known."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom

from segsweep.stats.verdicts import judge

Array = NDArray[np.float64]


def sweep(rng: np.random.Generator, means: list[float], *, runs: int, images: int, seed_sd: float) -> list[Array]:
    """Return scores [runs, images] of configurations with what images, seeds and their meetings do to them."""
    of_images = rng.normal(0, 0.1, images)
    return [
        mean
        + of_images
        + rng.normal(0, 0.03, images)
        + rng.normal(0, seed_sd, (runs, 1))
        + rng.normal(0, 0.02, (runs, images))
        for mean in means
    ]


def test_the_interval_of_a_pair_of_many_images_is_that_of_the_normal_distribution() -> None:
    differences = np.random.default_rng(0).normal(0.02, 0.1, 400)
    first, second = np.stack([differences + 1e-9, differences]), np.zeros((2, 400))
    found = judge([first, second])
    half = 1.966 * differences.std(ddof=1) / 20  # Student's t with 399 degrees of freedom; seeds do nothing
    assert found.difference[0] == pytest.approx(differences.mean())
    assert (found.high[0] - found.low[0]) / 2 == pytest.approx(half, rel=0.03)


def test_clear_differences_are_named_small_ones_shown_to_be_small_and_others_left_open() -> None:
    rng = np.random.default_rng(1)
    scores = sweep(rng, [0.9, 0.9, 0.8], runs=5, images=400, seed_sd=0.001)
    found = judge(scores)
    assert found.pairs == ((0, 1), (0, 2), (1, 2))
    assert found.verdicts == ("equal", "better", "better")
    assert judge(scores[::-1]).verdicts == ("worse", "worse", "equal")
    assert judge(scores, margin=0.0001).verdicts[0] == "not known"
    assert found.reasons[1] == ""
    assert judge(scores, margin=0.2).verdicts == ("equal",) * 3  # a difference that is there, and does not matter
    assert ((found.p_adjusted < 0.05) == ((found.low > 0) | (found.high < 0))).all()
    assert (found.p_adjusted >= found.p).all()


def test_one_run_of_each_and_few_images_or_groups_decide_nothing() -> None:
    rng = np.random.default_rng(2)
    scores = sweep(rng, [0.9, 0.5], runs=3, images=40, seed_sd=0.001)
    assert judge(scores).verdicts == ("better",)
    once = judge([rows[:1] for rows in scores])
    assert once.verdicts == ("not known",)
    assert once.reasons[0].startswith("it differs on these images, but each configuration was run once")
    assert judge([rows[:, :6] for rows in scores]).reasons[0].startswith("6 test images are too few")
    grouped = judge(scores, groups=np.arange(40) % 5)
    assert grouped.verdicts == ("not known",)
    assert grouped.reasons[0].startswith("5 groups of images are too few")
    assert judge(scores, groups=np.zeros(40, dtype=np.int64)).reasons[0].startswith("1 groups of images are too few")
    assert judge(scores, groups=np.arange(40) % 10).verdicts == ("better",)


def test_runs_that_were_each_validated_on_a_fold_are_paired_by_their_images() -> None:
    rng, folds, found, alarms = np.random.default_rng(4), np.repeat(np.arange(5), 30), 0, 0
    for gap in [0.03] * 50 + [0.0] * 150:  # folds differ by 0.1, runs by 0.01
        common = rng.normal(0, 0.1, 150) + rng.normal(0, 0.1, 5)[folds]
        scores = [
            mean + common + (rng.normal(0, 0.03, 150) + rng.normal(0, 0.01, 5)[folds])[None]
            for mean in (0.8, 0.8 - gap)
        ]
        verdict = judge(scores, folds=folds, draws=1_000).verdicts[0]
        found += verdict == "better" and gap > 0
        alarms += verdict in ("better", "worse") and gap == 0
    assert found >= 35
    assert alarms <= binom.ppf(0.999, 150, 0.05)
    assert judge(scores, draws=1_000).reasons[0].startswith("each configuration was run once")


@pytest.mark.parametrize(("number", "runs", "images"), [(2, 2, 20), (6, 3, 50)])
def test_in_sweeps_without_a_difference_nothing_is_called_worse(number: int, runs: int, images: int) -> None:
    rng, sweeps = np.random.default_rng(number), 200
    alarms = 0
    for _ in range(sweeps):
        found = judge(sweep(rng, [0.8] * number, runs=runs, images=images, seed_sd=0.01), draws=1_000)
        alarms += int({"better", "worse"} & set(found.verdicts) != set())
    assert alarms <= binom.ppf(0.999, sweeps, 0.05)
