"""Overlap losses against formulas in float64, where float32 sums go wrong, and against SMP elsewhere."""

from collections.abc import Callable

import pytest
import segmentation_models_pytorch as smp
import torch
from torch import Tensor

from segsweep.core.task import Task
from segsweep.losses.build import build_loss
from segsweep.losses.spec import OverlapConfig, TverskyConfig, loss_schema
from tests.losses.cases import BINARY, MULTICLASS, MULTILABEL, TASKS, batch, build_as

NAMES = ("dice", "jaccard", "tversky")


def soft_counts(prob: Tensor, truth: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return (prob * truth).sum(), (prob * (1 - truth)).sum(), ((1 - prob) * truth).sum()


def dice(prob: Tensor, truth: Tensor) -> Tensor:
    hits, false, missed = soft_counts(prob, truth)
    return 1 - 2 * hits / (2 * hits + false + missed)


def jaccard(prob: Tensor, truth: Tensor) -> Tensor:
    hits, false, missed = soft_counts(prob, truth)
    return 1 - hits / (hits + false + missed)


def tversky(prob: Tensor, truth: Tensor) -> Tensor:
    hits, false, missed = soft_counts(prob, truth)
    return 1 - hits / (hits + 0.3 * false + 0.7 * missed)


FORMULAS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {"dice": dice, "jaccard": jaccard, "tversky": tversky}


def settings(name: str, smooth: float = 0.0) -> OverlapConfig:
    if name == "tversky":
        return TverskyConfig(weight=1.0, smooth=smooth, alpha=0.3, beta=0.7, gamma=1.0)
    return OverlapConfig(weight=1.0, smooth=smooth)


def small_structure() -> tuple[Tensor, Tensor]:
    """Two images of 2048 x 2048 px with 200 true pixels in all, found with a probability of 0.4 to 0.9."""
    truth = torch.zeros(2, 2048, 2048, dtype=torch.uint8)
    truth[:, 1000:1010, 700:710] = 1
    noise = torch.randn(2, 1, 2048, 2048, generator=torch.Generator().manual_seed(0))
    return torch.where(truth.unsqueeze(1) == 1, 0.7 + 0.5 * noise, -13 + noise), truth


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("autocast", [False, True], ids=["float32", "bfloat16 autocast"])
def test_200_pixels_among_8_million_give_the_loss_and_gradient_of_float64(name: str, autocast: bool) -> None:
    logits, truth = small_structure()
    logits = logits.to(torch.bfloat16 if autocast else torch.float32).requires_grad_()
    terms = loss_schema()(class_weights=None, **{name: settings(name)})
    with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
        loss = build_loss(terms, BINARY)(logits, truth)
    (gradient,) = torch.autograd.grad(loss, logits)

    exact_logits = logits.detach().double().requires_grad_()
    exact = FORMULAS[name](exact_logits.sigmoid(), truth.unsqueeze(1).double())
    (exact_gradient,) = torch.autograd.grad(exact, exact_logits)
    assert loss.item() == pytest.approx(exact.item(), rel=1e-4)
    tolerance = 1e-2 if autocast else 1e-4  # a gradient in bfloat16 has 8 bits
    inside = truth.unsqueeze(1) == 1
    for where in (inside, ~inside):
        assert gradient[where].double().sum() == pytest.approx(exact_gradient[where].sum().item(), rel=tolerance)
    torch.testing.assert_close(gradient[inside].double(), exact_gradient[inside], rtol=tolerance, atol=0)


@pytest.mark.parametrize("smooth", [0.0, 1.0])
@pytest.mark.parametrize("weights", [None, [1.0, 2.0, 5.0]], ids=["equal", "weighted"])
@pytest.mark.parametrize("task", [BINARY, MULTICLASS, MULTILABEL], ids=list(TASKS))
@pytest.mark.parametrize("name", NAMES)
def test_on_few_pixels_overlap_losses_are_those_of_smp(
    name: str, task: Task, weights: list[float] | None, smooth: float
) -> None:
    logits, truth = batch(task)
    truth[truth == 2] = 0  # class 2 of three occurs nowhere
    theirs = {"dice": smp.losses.DiceLoss, "jaccard": smp.losses.JaccardLoss, "tversky": smp.losses.TverskyLoss}[name]
    options = {"alpha": 0.3, "beta": 0.7} if name == "tversky" else {}
    class_weights = None if task.kind == "binary" else weights
    reference = theirs(task.kind, ignore_index=255, smooth=smooth, class_weights=class_weights, **options)
    results = []
    for loss in (build_as(name, settings(name, smooth), task, weights), reference):
        moved = logits.clone().requires_grad_()
        value = loss(moved, truth)
        results.append((value.detach(), torch.autograd.grad(value, moved)[0]))
    torch.testing.assert_close(results[0], results[1], rtol=1e-5, atol=1e-6)
