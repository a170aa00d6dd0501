"""Every file in conf/loss composes, is typed, and builds."""

import pytest
import torch

from segsweep.losses.build import build_loss
from segsweep.losses.spec import LOSSES, LossConfig, active_terms
from tests.conf.composing import compose_group, first_line, option_files
from tests.losses.cases import TASKS, batch

FILES = option_files("loss")


def compose_loss(name: str, *overrides: str) -> LossConfig:
    loss = compose_group("loss", f"loss={name}", *overrides)
    assert isinstance(loss, LossConfig)
    return loss


@pytest.mark.parametrize("name", FILES)
def test_every_ready_made_loss_builds_for_a_task_that_all_its_terms_serve(name: str) -> None:
    loss = compose_loss(name)
    kinds = [kind for kind in TASKS if all(kind in LOSSES[term].tasks for term in active_terms(loss))]
    assert kinds
    for kind in kinds:
        logits, truth = batch(TASKS[kind])
        assert torch.isfinite(build_loss(loss, TASKS[kind])(logits, truth))


@pytest.mark.parametrize("name", FILES)
def test_every_ready_made_loss_says_in_its_first_line_what_it_is_for(name: str) -> None:
    assert first_line("loss", name).startswith("# ")


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        ("ce_dice", ["cross_entropy", "dice"]),
        ("bce_dice", ["bce", "dice"]),
        ("bce_focal", ["bce", "focal"]),
        ("focal_dice", ["focal", "dice"]),
    ],
)
def test_a_file_named_after_two_terms_sums_these_two(name: str, terms: list[str]) -> None:
    assert list(active_terms(compose_loss(name))) == terms


@pytest.mark.parametrize("name", [name for name in FILES if name in LOSSES])
def test_a_file_named_after_a_term_is_this_term_alone(name: str) -> None:
    assert list(active_terms(compose_loss(name))) == [name]


@pytest.mark.parametrize(("term", "option"), [("focal", "gamma"), ("tversky", "alpha"), ("tversky", "beta")])
def test_an_option_given_by_key_reaches_the_loss(term: str, option: str) -> None:
    logits, truth = batch(TASKS["binary"])
    usual = build_loss(compose_loss(term), TASKS["binary"])(logits, truth)
    other = build_loss(compose_loss(term, f"loss.{term}.{option}=1.5"), TASKS["binary"])(logits, truth)
    assert abs(usual - other) > 1e-3
