import pytest

from segsweep.losses.describe import describe_losses
from segsweep.losses.spec import LOSSES


@pytest.mark.parametrize("name", LOSSES)
def test_the_table_tells_of_each_term_its_tasks_absent_class_and_source(name: str) -> None:
    text = describe_losses()
    assert f"\n{name} " in text
    assert LOSSES[name].absent in text
    assert LOSSES[name].source in text


def test_the_table_shows_options_with_their_defaults_and_what_a_ready_made_loss_sums() -> None:
    text = describe_losses()
    assert "options: gamma=2.0 alpha=null" in text
    assert "label_smoothing 1 * cross_entropy(label_smoothing=0.1)" in text
    assert "1 * bce + 1 * focal" in text
