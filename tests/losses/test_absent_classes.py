"""What a class without a labelled pixel in the batch gives, as `LOSSES[term].absent` states it."""

import math

import pytest
import torch
from torch import Tensor

from segsweep.losses.spec import LOSSES, NEGATIVE, NOTHING
from tests.losses.cases import BINARY, MULTICLASS, MULTILABEL, build

BY_ABSENT = {sentence: [n for n, row in LOSSES.items() if row.absent == sentence] for sentence in (NEGATIVE, NOTHING)}


def absent_foreground(logits: list[float]) -> tuple[Tensor, Tensor]:
    """A row of background pixels, with these logits of the foreground that is not there."""
    tensor = torch.tensor(logits).view(1, 1, 1, -1).requires_grad_()
    return tensor, torch.zeros(1, 1, len(logits), dtype=torch.uint8)


def test_every_term_is_covered_here() -> None:
    assert {*BY_ABSENT[NEGATIVE], *BY_ABSENT[NOTHING], "lovasz", "mcc"} == set(LOSSES)


@pytest.mark.parametrize("name", BY_ABSENT[NEGATIVE])
def test_an_absent_class_is_pushed_down_at_every_pixel(name: str) -> None:
    logits, truth = absent_foreground([2.0, -1.0])
    (gradient,) = torch.autograd.grad(build(name, BINARY)(logits, truth), logits)
    assert (gradient > 0).all()


@pytest.mark.parametrize("name", BY_ABSENT[NOTHING])
def test_an_absent_class_gives_0_and_does_not_mind_its_false_positives(name: str) -> None:
    logits, truth = absent_foreground([2.0, -1.0])
    loss = build(name, BINARY)(logits, truth)
    (gradient,) = torch.autograd.grad(loss, logits)
    assert loss.item() == 0
    assert torch.equal(gradient, torch.zeros_like(gradient))


@pytest.mark.parametrize("name", BY_ABSENT[NOTHING])
def test_an_absent_class_counts_in_the_mean_over_classes(name: str) -> None:
    logits = torch.zeros(1, 3, 1, 2)
    truth = torch.tensor([1, 0, 0, 0, 0, 0], dtype=torch.uint8).view(1, 3, 1, 2)
    alone = build(name, BINARY)(logits[:, :1], truth[:, 0]).item()
    gamma = 0.75 if name == "tversky" else 1
    assert build(name, MULTILABEL)(logits, truth).item() == pytest.approx((alone ** (1 / gamma) / 3) ** gamma)


def test_the_lovasz_hinge_of_an_absent_class_pushes_its_worst_false_positive_alone() -> None:
    logits, truth = absent_foreground([2.0, 3.0, 1.0])
    loss = build("lovasz", BINARY)(logits, truth)
    (gradient,) = torch.autograd.grad(loss, logits)
    assert loss.item() == 4  # 1 + 3
    assert gradient.flatten().tolist() == [0, 1, 0]


def test_lovasz_softmax_leaves_an_absent_class_out_of_the_mean() -> None:
    logits = torch.zeros(1, 3, 1, 1)
    truth = torch.zeros(1, 1, 1, dtype=torch.uint8)
    assert build("lovasz", MULTICLASS)(logits, truth).item() == pytest.approx(2 / 3)  # 1 - 1/3, of class 0 alone


def test_mcc_of_an_absent_class_goes_from_one_half_to_1_with_its_false_positives() -> None:
    nothing, truth = absent_foreground([-30.0, -30.0])
    assert build("mcc", BINARY)(nothing, truth).item() == pytest.approx(0.5, abs=1e-3)
    something, truth = absent_foreground([math.log(3), -math.log(3)])
    loss = build("mcc", BINARY)(something, truth)
    (gradient,) = torch.autograd.grad(loss, something)
    assert loss.item() > 0.99
    assert (gradient > 0).all()
