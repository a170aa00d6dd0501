"""Intervals and p values: by hand, and in simulated sweeps whose truth is known."""

import numpy as np
import pytest
from scipy.stats import binom

from segsweep.report.read.model import Configuration
from segsweep.report.stats import chance
from segsweep.report.stats.chance import compare_all, holm
from segsweep.report.stats.noise import runs_needed
from segsweep.report.stats.paired import compare_pairs
from segsweep.report.stats.ranking import standing_of
from segsweep.report.stats.seeds import SeedVariance, seed_variance

Array = np.ndarray


@pytest.fixture
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draws enough for a rate over hundreds of sweeps."""
    monkeypatch.setattr(chance, "_LEAST_DRAWS", 999)


def sweep(rng: np.random.Generator, means: list[float], *, runs: int, images: int, seed_sd: float) -> Array:
    """Return scores [configurations, runs, images] with what images, seeds and their meetings do to them."""
    shape = (len(means), runs, images)
    of_images = rng.normal(0, 0.1, images) + rng.normal(0, 0.03, (len(means), 1, images))
    of_seeds = rng.normal(0, seed_sd, (len(means), runs, 1)) + rng.normal(0, 0.02, shape)
    return np.array(means)[:, None, None] + of_images + of_seeds


def test_holm_multiplies_the_least_p_most_and_never_goes_back_down() -> None:
    assert holm(np.array([0.01, 0.04, 0.03, 0.5])) == pytest.approx([0.04, 0.09, 0.09, 0.5])  # 4, 2 -> 3 * 0.03, 3, 1
    assert holm(np.array([0.6, 0.9])) == pytest.approx([1.0, 1.0])


def test_random_signs_of_five_equal_differences_are_as_extreme_in_one_of_sixteen_cases() -> None:
    found = compare_all(np.array([[0.9] * 5, [0.8] * 5]), [1, 1], None)
    assert found.value == pytest.approx([0.1])
    assert found.p == pytest.approx([2 / 32], abs=0.01)  # all five up or all five down
    assert (found.low[0], found.high[0]) == pytest.approx((0.1, 0.1))


def test_the_interval_of_many_images_is_that_of_the_normal_distribution() -> None:
    differences = np.random.default_rng(0).normal(0.02, 0.1, 400)
    found = compare_all(np.stack([differences, np.zeros(400)]), [1, 1], None)
    half = 1.966 * differences.std(ddof=1) / 20  # Student's t with 399 degrees of freedom
    assert (found.low[0], found.high[0]) == pytest.approx(
        (differences.mean() - half, differences.mean() + half), abs=6e-4
    )


def variance(runs: list[Array]) -> SeedVariance:
    found = seed_variance(runs)
    assert found is not None
    return found


def test_variances_of_seeds_that_agree_are_pooled_and_stand_for_what_was_run_once() -> None:
    # Run means 0.2 and 0.4 (variance 0.02), 0.5 and 0.7 (0.02); the third was run once. All images of a run are equal.
    runs = [np.array([[0.2, 0.2], [0.4, 0.4]]), np.array([[0.5, 0.5], [0.7, 0.7]]), np.array([[0.9, 0.9]])]
    found = variance(runs)
    assert found.own == pytest.approx((0.02, 0.02, 0.02))
    assert found.freedom == pytest.approx((2, 2, 2))
    assert seed_variance(runs[2:]) is None


def test_the_part_of_the_variance_that_lies_in_single_images_is_known() -> None:
    # The two runs differ by +-0.1 on single images and not in their means: 4 * 0.01 / (1 * 1) / 2 images.
    found = variance([np.array([[0.4, 0.6], [0.6, 0.4]])])
    assert found.own == pytest.approx((0.0,))
    assert found.of_images == pytest.approx((0.02,))


def test_a_configuration_that_jumps_from_run_to_run_does_not_make_the_others_noisy() -> None:
    rng = np.random.default_rng(0)
    steady = [rng.normal(0.9, 0.001, (3, 1)) for _ in range(8)]
    found = variance([*steady, rng.normal(0.4, 0.1, (3, 1)), np.full((3, 1), 0.2)])
    assert max(found.own[:8]) < 4e-6
    assert found.own[8] > 1e-3
    assert max(found.own[9:]) < 4e-6


def test_seeds_alone_give_the_interval_of_students_t() -> None:
    found = compare_all(np.array([[0.9], [0.8]]), [3, 3], SeedVariance((0.0004, 0.0004), (0.0, 0.0), (4.0, 4.0), 4))
    half = 2.776 * 0.02 * np.sqrt(2 / 3)  # t of 0.975 with 4 degrees of freedom
    assert (found.low[0], found.high[0]) == pytest.approx((0.1 - half, 0.1 + half), rel=0.03)
    assert found.p[0] == pytest.approx(0.0036, abs=0.002)  # two-sided, t = 6.12 with 4 degrees of freedom


@pytest.mark.slow
@pytest.mark.usefixtures("few_draws")
@pytest.mark.parametrize("runs", [2, 3])
def test_without_a_difference_intervals_hold_the_truth_and_false_alarms_stay_rare(runs: int) -> None:
    rng, sweeps = np.random.default_rng(runs), 400
    held = alarms = any_alarm = 0
    for _ in range(sweeps):
        scores = sweep(rng, [0.8] * 5, runs=runs, images=60, seed_sd=0.01)
        found = compare_all(scores.mean(1), [runs] * 5, seed_variance(list(scores)))
        held += int(found.low[0] <= 0 <= found.high[0])
        alarms += int(found.p[0] < 0.05)
        any_alarm += int((found.p_adjusted < 0.05).any())
    assert binom.ppf(0.001, sweeps, 0.95) <= held <= binom.ppf(0.999, sweeps, 0.98)
    assert binom.ppf(0.001, sweeps, 0.02) <= alarms <= binom.ppf(0.999, sweeps, 0.05)
    assert any_alarm <= binom.ppf(0.999, sweeps, 0.05)


@pytest.mark.usefixtures("few_draws")
def test_the_chance_of_images_alone_is_right_for_the_networks_at_hand() -> None:
    rng, sweeps = np.random.default_rng(1), 400
    alarms = 0
    for _ in range(sweeps):
        scores = sweep(rng, [0.8, 0.8], runs=1, images=20, seed_sd=0.0)
        alarms += int(compare_all(scores.mean(1), [1, 1], None).p[0] < 0.05)
    assert binom.ppf(0.001, sweeps, 0.05) <= alarms <= binom.ppf(0.999, sweeps, 0.05)


@pytest.mark.slow
@pytest.mark.usefixtures("few_draws")
def test_a_thousand_sweeps_with_a_known_ranking_are_told_tied_and_better_as_they_are() -> None:
    # Two equals on top, one a little behind, two far behind: 0.1 is 7 standard errors of a difference.
    means, rng, sweeps = [0.85, 0.85, 0.845, 0.75, 0.7], np.random.default_rng(2), 1000
    equals_apart = wrong_way = far_found = 0
    for _ in range(sweeps):
        scores = sweep(rng, means, runs=3, images=80, seed_sd=0.01)
        order = np.argsort(-scores.mean((1, 2)))
        chosen = [Configuration(str(number), "", {}, ()) for number in order]
        ranked = [scores[number] for number in order]
        pairs = compare_pairs(chosen, ranked, seed_variance(ranked), "max", "images and seeds")
        real = {(int(pair.better), int(pair.worse)) for pair in pairs if pair.is_real}
        standings = {
            int(pair.worse): standing_of(place, pair)
            for place, pair in enumerate((pair for pair in pairs if pair.better == chosen[0].key), 1)
        }
        equals_apart += int(bool({(0, 1), (1, 0)} & real))
        wrong_way += int(any(means[better] < means[worse] for better, worse in real))
        far_found += int(standings.get(3) == standings.get(4) == "worse")
    assert equals_apart <= binom.ppf(0.999, sweeps, 0.05)
    assert wrong_way <= binom.ppf(0.999, sweeps, 0.05)
    assert far_found >= binom.ppf(0.001, sweeps, 0.99)


@pytest.mark.usefixtures("few_draws")
def test_where_some_configurations_jump_from_run_to_run_intervals_hold_and_clear_losers_are_named() -> None:
    rng, sweeps, means = np.random.default_rng(5), 300, [0.9, 0.9, 0.86, 0.4]
    sds = [0.003, 0.003, 0.003, 0.1]
    held = equals_apart = found_far = 0
    for _ in range(sweeps):
        scores = np.stack(
            [sweep(rng, [mean], runs=3, images=50, seed_sd=sd)[0] for mean, sd in zip(means, sds, strict=True)]
        )
        scores += rng.normal(0, 0.1, 50)  # what images are to all of them
        found = compare_all(scores.mean(1), [3] * 4, seed_variance(list(scores)))
        of = dict(zip(found.pairs, range(6), strict=True))
        held += int(found.low[of[0, 1]] <= 0 <= found.high[of[0, 1]])
        equals_apart += int(found.p_adjusted[of[0, 1]] < 0.05)
        found_far += int(found.p_adjusted[of[0, 3]] < 0.05)
    assert held >= binom.ppf(0.001, sweeps, 0.95)
    assert equals_apart <= binom.ppf(0.999, sweeps, 0.05)
    assert found_far >= 0.8 * sweeps


def test_the_runs_that_settle_a_gap_are_those_of_the_textbook() -> None:
    # sd 0.01, gap 0.01: d = 1, which takes 17 per group for 80% at 5% (Cohen 1988, table 2.4.1).
    assert runs_needed(0.01, 0.0002, 0.0) == 17
    assert runs_needed(0.1, 0.0002, 0.0) == 2
    assert runs_needed(0.001, 0.0002, 0.0) is None
    assert runs_needed(0.01, 0.0002, lasting_variance=0.0001) is None
