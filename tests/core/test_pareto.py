from segsweep.core.pareto import pareto_front


def test_a_point_that_another_equals_in_one_number_and_beats_in_the_other_is_left_out() -> None:
    points = [(1.0, -0.5), (1.0, -0.6), (2.0, -0.6), (3.0, -0.9), (4.0, -0.8)]
    assert pareto_front(points) == [1, 3]


def test_equal_points_are_all_on_the_front_in_their_order() -> None:
    assert pareto_front([(2.0, 1.0), (1.0, 2.0), (2.0, 1.0)]) == [1, 0, 2]


def test_with_three_numbers_a_point_stays_that_is_best_in_none() -> None:
    assert pareto_front([(1.0, 3.0, 3.0), (3.0, 1.0, 3.0), (3.0, 3.0, 1.0), (2.0, 2.0, 2.0), (3.0, 3.0, 3.0)]) == [
        0,
        3,
        1,
        2,
    ]
