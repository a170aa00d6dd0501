"""Builds the loss of a run: a weighted sum of the terms in one table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from segsweep.core.task import Task, TaskKind
from segsweep.losses import overlap, pixelwise
from segsweep.losses.class_weights import resolve_class_weights
from segsweep.losses.errors import class_weights_unread, focal_gamma, no_term, sigmoid_term
from segsweep.losses.spec import LossConfig, LossTermConfig, active_terms

ALL: tuple[TaskKind, ...] = ("binary", "multiclass", "multilabel")
SIGMOID: tuple[TaskKind, ...] = ("binary", "multilabel")
MANY: tuple[TaskKind, ...] = ("multiclass", "multilabel")

NEGATIVE = "its channel is pushed down everywhere, like any negative"
NOTHING = "0, and nothing pushes its false positives down"


@dataclass(frozen=True)
class LossRow:
    """A term: how it is built, for which tasks, which of them read class weights, and what a reader should know."""

    build: Callable[[Any, Task, Sequence[float] | None], nn.Module]
    kinds: tuple[TaskKind, ...]
    weighted_kinds: tuple[TaskKind, ...]
    absent: str
    """What a class gives that no labelled pixel of the batch has."""
    source: str


LOSSES: dict[str, LossRow] = {
    "cross_entropy": LossRow(pixelwise.build_cross_entropy, ALL, ALL, NEGATIVE, "torch cross_entropy; BCE per channel"),
    "bce": LossRow(pixelwise.build_bce, SIGMOID, ALL, NEGATIVE, "torch binary_cross_entropy_with_logits"),
    "focal": LossRow(pixelwise.build_focal, ALL, ALL, NEGATIVE, "Lin et al., ICCV 2017"),
    "dice": LossRow(overlap.build_dice, ALL, MANY, NOTHING, "Milletari, Navab, Ahmadi, 3DV 2016"),
    "jaccard": LossRow(overlap.build_jaccard, ALL, MANY, NOTHING, "Rahman, Wang, ISVC 2016"),
    "tversky": LossRow(overlap.build_tversky, ALL, MANY, NOTHING, "Salehi et al., MLMI 2017"),
    "lovasz": LossRow(
        overlap.build_lovasz,
        ALL,
        (),
        "multiclass: left out of the mean; else the worst false positive alone is pushed down",
        "Berman, Triki, Blaschko, CVPR 2018",
    ),
    "mcc": LossRow(
        overlap.build_mcc,
        SIGMOID,
        (),
        "0.5 when nothing is predicted, towards 1 with false positives, which are pushed down",
        "Abhishek, Hamarneh, ISBI 2021",
    ),
}


class LossSum(nn.Module):
    """The weighted sum of named terms, computed in float32."""

    def __init__(self, parts: dict[str, nn.Module], weights: dict[str, float]) -> None:
        super().__init__()
        self.parts = nn.ModuleDict(parts)
        self.weights = weights

    def terms(
        self, logits: Float[Tensor, "n k h w"], truth: UInt8[Tensor, "n h w"] | UInt8[Tensor, "n k h w"]
    ) -> dict[str, Float[Tensor, ""]]:
        """Return each term, without its weight."""
        with torch.autocast(logits.device.type, enabled=False):
            # Channel after channel, as the truth lies: a fifth less time for 29 channels on the CPU.
            planes = logits.float().contiguous()
            return {name: part(planes, truth) for name, part in self.parts.items()}

    def total(self, terms: dict[str, Float[Tensor, ""]]) -> Float[Tensor, ""]:
        """Return the weighted sum of what `terms` returned."""
        return torch.stack([self.weights[name] * term for name, term in terms.items()]).sum()

    def forward(
        self, logits: Float[Tensor, "n k h w"], truth: UInt8[Tensor, "n h w"] | UInt8[Tensor, "n k h w"]
    ) -> Float[Tensor, ""]:
        """Return the loss of a batch.

        Args:
            logits: Any float type; computed in float32.
            truth: Class index per pixel, or 0 and 1 per channel for multilabel; 255 is unlabelled and adds to no term.
        Returns:
            Mean over the labelled pixels of the batch; 0, with zero gradients, where there are none.
        """
        return self.total(self.terms(logits, truth))


def build_loss(loss: LossConfig, task: Task, *, class_weights: Sequence[float] | None = None) -> LossSum:
    """Build the weighted sum of the terms whose weight is not 0.

    A class without a labelled pixel in the batch gives what `LOSSES[term].absent` says.

    Args:
        loss: The terms.
        task: The classes.
        class_weights: The counted weights, one per class, where `loss.class_weights` is auto; they weigh as
            `losses.pixelwise` and `losses.overlap` tell.
    Raises:
        ConfigError: If there is no term, a term is not defined for the task, or the class weights do not fit.
    """
    terms = active_terms(loss)
    check_terms(loss, terms, task)
    weights = resolve_class_weights(loss.class_weights, class_weights, task)
    if weights is not None and not any(task.kind in LOSSES[name].weighted_kinds for name in terms):
        raise class_weights_unread(list(terms), task.kind)
    parts = {name: LOSSES[name].build(term, task, weights) for name, term in terms.items()}
    return LossSum(parts, {name: term.weight for name, term in terms.items()})


def check_terms(loss: LossConfig, terms: dict[str, LossTermConfig], task: Task) -> None:
    """Refuse a loss without terms, a term that the task does not have, and a focal loss without a gradient."""
    if not terms:
        raise no_term()
    for name in terms:
        if task.kind not in LOSSES[name].kinds:
            raise sigmoid_term(name)
    if "focal" in terms and 0 < loss.focal.gamma < 1:
        raise focal_gamma(loss.focal.gamma)
