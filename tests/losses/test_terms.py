"""What every term promises, and each term against a number worked out by hand."""

import math

import pytest
import torch
from torch import Tensor, nn

from segsweep.core.task import TaskKind
from segsweep.losses.spec import BCEConfig, CrossEntropyConfig, FocalConfig, OverlapConfig
from tests.losses.cases import BINARY, MULTICLASS, MULTILABEL, PAIRS, TASKS, batch, build, build_as

LN3 = math.log(3)  # the logit of probability 3/4; and -LN3 that of 1/4


def binary_pixels(probabilities: list[float], truth: list[int]) -> tuple[Tensor, Tensor]:
    logits = torch.tensor([math.log(p / (1 - p)) for p in probabilities]).view(1, 1, 1, -1)
    return logits, torch.tensor([[truth]], dtype=torch.uint8)


@pytest.mark.parametrize(("name", "kind"), PAIRS)
def test_logits_under_unlabelled_pixels_change_neither_the_loss_nor_its_gradients(name: str, kind: TaskKind) -> None:
    term = build(name, TASKS[kind])
    logits, truth = batch(TASKS[kind])
    results = []
    for shift in (0.0, 50.0, -50.0):
        moved = logits.clone()
        moved[:, :, :3] += shift * torch.tensor([1.0, -1.0, 0.5])[: moved.shape[1]].view(1, -1, 1, 1)
        moved.requires_grad_()
        loss = term(moved, truth)
        (gradient,) = torch.autograd.grad(loss, moved)
        assert gradient[:, :, :3].abs().max() == 0
        assert gradient[:, :, 3:].abs().max() > 0
        results.append((loss.detach(), gradient))
    torch.testing.assert_close(results[1], results[0])
    torch.testing.assert_close(results[2], results[0])


@pytest.mark.parametrize(("name", "kind"), PAIRS)
def test_unlabelled_pixels_count_as_if_they_were_cut_off(name: str, kind: TaskKind) -> None:
    term = build(name, TASKS[kind])
    logits, truth = batch(TASKS[kind])
    torch.testing.assert_close(term(logits, truth), term(logits[:, :, 3:], truth[..., 3:, :]))


@pytest.mark.parametrize("weights", [None, [1.0, 2.0, 5.0]])
@pytest.mark.parametrize(("name", "kind"), PAIRS)
def test_a_batch_without_labelled_pixels_gives_0_with_zero_gradients(
    name: str, kind: TaskKind, weights: list[float] | None
) -> None:
    logits, truth = batch(TASKS[kind], ignored=4)
    logits.requires_grad_()
    loss = build(name, TASKS[kind], weights)(logits, truth)
    (gradient,) = torch.autograd.grad(loss, logits)
    assert loss.item() == 0
    assert loss.shape == ()
    assert torch.equal(gradient, torch.zeros_like(gradient))


@pytest.mark.parametrize(("name", "kind"), PAIRS)
def test_gradients_are_finite_for_certain_and_for_undecided_logits(name: str, kind: TaskKind) -> None:
    _, truth = batch(TASKS[kind])
    for size in (0.0, 1e4, -1e4):
        logits = torch.full((2, TASKS[kind].num_outputs, 4, 5), size)
        logits[:, 0] = -size
        logits.requires_grad_()
        (gradient,) = torch.autograd.grad(build(name, TASKS[kind])(logits, truth), logits)
        assert gradient.isfinite().all()


@pytest.mark.parametrize(("name", "kind"), PAIRS)
def test_a_perfect_prediction_has_almost_no_loss(name: str, kind: TaskKind) -> None:
    task = TASKS[kind]
    _, truth = batch(task)
    classes = torch.arange(3).view(1, 3, 1, 1)
    channels = truth.unsqueeze(1) == classes if kind == "multiclass" else truth.reshape(2, -1, 4, 5) == 1
    assert build(name, task)(channels.float() * 40 - 20, truth).item() == pytest.approx(0, abs=1e-4)


def test_cross_entropy_of_two_pixels() -> None:
    # softmax of (ln 3, 0, 0) is (3/5, 1/5, 1/5)
    logits = torch.tensor([LN3, 0.0, 0.0]).view(1, 3, 1, 1).repeat(1, 1, 1, 2)
    truth = torch.tensor([[[0, 2]]], dtype=torch.uint8)
    assert build("cross_entropy", MULTICLASS)(logits, truth).item() == pytest.approx(
        (math.log(5 / 3) + math.log(5)) / 2
    )
    weighted = build("cross_entropy", MULTICLASS, [3.0, 9.0, 1.0])(logits, truth).item()
    assert weighted == pytest.approx((3 * math.log(5 / 3) + 1 * math.log(5)) / 4)


@pytest.mark.parametrize("name", ["cross_entropy", "bce"])
def test_binary_cross_entropy_of_two_pixels(name: str) -> None:
    logits, truth = binary_pixels([0.75, 0.75], [1, 0])
    assert build(name, BINARY)(logits, truth).item() == pytest.approx((math.log(4 / 3) + math.log(4)) / 2)
    weighted = build(name, BINARY, [1.0, 3.0])(logits, truth).item()
    assert weighted == pytest.approx((3 * math.log(4 / 3) + 1 * math.log(4)) / 4)


def test_multilabel_cross_entropy_weighs_channels() -> None:
    logits = torch.tensor([LN3, LN3, -LN3]).view(1, 3, 1, 1)
    truth = torch.tensor([1, 0, 0], dtype=torch.uint8).view(1, 3, 1, 1)
    weighted = build("cross_entropy", MULTILABEL, [1.0, 2.0, 3.0])(logits, truth).item()
    assert weighted == pytest.approx((1 * math.log(4 / 3) + 2 * math.log(4) + 3 * math.log(4 / 3)) / 6)


@pytest.mark.parametrize("name", ["cross_entropy", "bce"])
def test_label_smoothing_of_one_channel_is_that_of_a_softmax_over_two_classes(name: str) -> None:
    config = {"cross_entropy": CrossEntropyConfig, "bce": BCEConfig}[name](weight=1.0, label_smoothing=0.1)
    logits, truth = binary_pixels([0.75, 0.6, 0.1], [1, 0, 0])
    two = torch.cat([torch.zeros_like(logits), logits], dim=1)
    expected = nn.functional.cross_entropy(two, truth.long(), label_smoothing=0.1)
    assert build_as(name, config, BINARY)(logits, truth).item() == pytest.approx(expected.item())
    one, one_truth = binary_pixels([0.75], [1])
    by_hand = 0.95 * math.log(4 / 3) + 0.05 * math.log(4)
    assert build_as(name, config, BINARY)(one, one_truth).item() == pytest.approx(by_hand)


def test_focal_scales_cross_entropy_by_the_squared_doubt() -> None:
    logits, truth = binary_pixels([0.75, 0.75], [1, 0])
    expected = (0.25**2 * math.log(4 / 3) + 0.75**2 * math.log(4)) / 2
    assert build("focal", BINARY)(logits, truth).item() == pytest.approx(expected)
    with_alpha = build_as("focal", FocalConfig(weight=1.0, gamma=2.0, alpha=0.8), BINARY)
    expected = (0.8 * 0.25**2 * math.log(4 / 3) + 0.2 * 0.75**2 * math.log(4)) / 2
    assert with_alpha(logits, truth).item() == pytest.approx(expected)


def test_multiclass_focal_takes_each_class_against_all_others() -> None:
    logits = torch.tensor([LN3, -LN3, -LN3]).view(1, 3, 1, 1)
    truth = torch.tensor([[[1]]], dtype=torch.uint8)
    wrong, right = 0.75**2 * math.log(4), 0.25**2 * math.log(4 / 3)
    assert build("focal", MULTICLASS)(logits, truth).item() == pytest.approx((wrong + wrong + right) / 3)
    weighted = build("focal", MULTICLASS, [2.0, 1.0, 1.0])(logits, truth).item()
    assert weighted == pytest.approx((2 * wrong + wrong + right) / 4)


def test_dice_jaccard_and_tversky_of_three_pixels() -> None:
    # soft counts: hits 3/4 + 1/4 = 1, false positives 1/2, misses 1/4 + 3/4 = 1
    logits, truth = binary_pixels([0.75, 0.25, 0.5], [1, 1, 0])
    assert build("dice", BINARY)(logits, truth).item() == pytest.approx(1 - 2 / (2 + 0.5 + 1))
    assert build("jaccard", BINARY)(logits, truth).item() == pytest.approx(1 - 1 / (1 + 0.5 + 1))
    expected = (1 - 1 / (1 + 0.3 * 0.5 + 0.7 * 1)) ** 0.75
    assert build("tversky", BINARY)(logits, truth).item() == pytest.approx(expected)
    smooth = build_as("dice", OverlapConfig(weight=1.0, smooth=1.0), BINARY)
    assert smooth(logits, truth).item() == pytest.approx(1 - (1 + 1) / (1 + 0.25 + 0.5 + 1))


@pytest.mark.parametrize("name", ["dice", "jaccard", "tversky"])
def test_class_weights_weigh_the_regions_of_multilabel_channels(name: str) -> None:
    logits, truth = batch(MULTILABEL)
    alone = [build(name, BINARY)(logits[:, k : k + 1], truth[:, k]).item() for k in range(3)]
    gamma = 0.75 if name == "tversky" else 1
    mean = (1 * alone[0] ** (1 / gamma) + 2 * alone[1] ** (1 / gamma) + 5 * alone[2] ** (1 / gamma)) / 8
    assert build(name, MULTILABEL, [1.0, 2.0, 5.0])(logits, truth).item() == pytest.approx(mean**gamma, rel=1e-5)


def test_lovasz_hinge_of_two_pixels() -> None:
    # errors 1 - logit * sign: 0.5 for the true pixel, 2 for the false one. Sorted: 2 (false), 0.5 (true).
    # The set {false} has Jaccard loss 1/2, {false, true} has 1: 2 * 1/2 + 0.5 * (1 - 1/2)
    logits = torch.tensor([0.5, 1.0]).view(1, 1, 1, 2)
    truth = torch.tensor([[[1, 0]]], dtype=torch.uint8)
    assert build("lovasz", BINARY)(logits, truth).item() == pytest.approx(1.25)


def test_lovasz_softmax_of_two_pixels() -> None:
    # probabilities (3/5, 1/5, 1/5) at both. Class 0: errors 2/5 (true), 3/5 (false): 3/5 * 1/2 + 2/5 * 1/2 = 1/2
    # Class 2: errors 4/5 (true), 1/5 (false): the true one first costs all: 4/5 * 1 + 1/5 * 0. Class 1 is absent.
    logits = torch.tensor([LN3, 0.0, 0.0]).view(1, 3, 1, 1).repeat(1, 1, 1, 2)
    truth = torch.tensor([[[0, 2]]], dtype=torch.uint8)
    assert build("lovasz", MULTICLASS)(logits, truth).item() == pytest.approx((1 / 2 + 4 / 5) / 2)


def test_mcc_of_four_pixels() -> None:
    # soft counts: tp 1.5, fp 0.5, fn 0.5, tn 1.5: (1.5 * 1.5 - 0.5 * 0.5) / sqrt(2 * 2 * 2 * 2) = 1/2
    logits, truth = binary_pixels([0.75, 0.75, 0.25, 0.25], [1, 1, 0, 0])
    assert build("mcc", BINARY)(logits, truth).item() == pytest.approx(0.5, abs=1e-4)
