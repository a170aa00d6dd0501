import pytest

from segsweep.losses.build import auto_class_weights, class_weights_of


def test_a_class_four_times_as_rare_weighs_twice_as_much() -> None:
    common, rare = auto_class_weights([400, 100])
    assert rare == pytest.approx(2 * common)
    assert (common + rare) / 2 == pytest.approx(1)


def test_an_absent_class_weighs_1_and_does_not_shift_the_others() -> None:
    assert auto_class_weights([400, 0, 100]) == pytest.approx([2 / 3, 1, 4 / 3])


def test_without_any_pixel_all_classes_weigh_the_same() -> None:
    assert auto_class_weights([0, 0]) == [1, 1]


def test_the_setting_stands_for_none_for_what_was_counted_or_for_itself() -> None:
    assert class_weights_of(None, [400, 100]) is None
    assert class_weights_of("auto", [400, 100]) == auto_class_weights([400, 100])
    assert class_weights_of([1, 2], [400, 100]) == [1.0, 2.0]
