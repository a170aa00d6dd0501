"""Losses of the overlap of two regions, over all labelled pixels of a batch: Dice, Jaccard, Tversky, Lovász, MCC.

Class weights weigh the classes' losses in their mean for Dice, Jaccard and Tversky of multiclass and multilabel tasks;
a binary task has one region only, and Lovász and MCC read none.
"""

from collections.abc import Callable, Sequence

import segmentation_models_pytorch as smp
import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from segsweep.core.task import IGNORE, Task
from segsweep.losses.pixelwise import channel_targets
from segsweep.losses.spec import LossTermConfig, OverlapConfig, TverskyConfig

Weights = Sequence[float] | None
Logits = Float[Tensor, "n k h w"]
Truth = UInt8[Tensor, "n h w"] | UInt8[Tensor, "n k h w"]
Scalar = Float[Tensor, ""]
ChannelLoss = Callable[[Float[Tensor, "n h w"], UInt8[Tensor, "n h w"]], Scalar]

_LEAST = 1e-7
"""Least denominator, where nothing is true and nothing is predicted."""


class Overlap(nn.Module):
    """1 - hits / (hits + alpha * false positives + beta * misses), from soft counts over the batch, mean over classes.

    With alpha = beta = 1/2 this is Dice, with 1 and 1 Jaccard. The hits are summed as probability times truth: half of
    sum p + sum q - sum |p - q|, in float32, loses a structure of 200 px among 2 x 2048 x 2048 in the others' rounding.
    """

    class_weights: Tensor | None

    def __init__(self, task: Task, class_weights: Weights, *, alpha: float, beta: float, smooth: float) -> None:
        super().__init__()
        self.task = task
        self.alpha, self.beta, self.smooth = alpha, beta, smooth
        weighs = class_weights is not None and task.kind != "binary"
        self.register_buffer("class_weights", torch.tensor(class_weights) if weighs else None, persistent=False)

    def forward(self, logits: Logits, truth: Truth) -> Scalar:
        """Return the mean over classes; a class that no labelled pixel has gives 0."""
        target, labelled = channel_targets(truth, self.task)
        pixels = (0, 2, 3)
        prob = (logits.softmax(dim=1) if self.task.kind == "multiclass" else logits.sigmoid()) * labelled
        hits = (prob * target).sum(pixels)
        true = target.sum(pixels)
        weighed = hits + self.alpha * (prob.sum(pixels) - hits) + self.beta * (true - hits)
        losses = 1 - (hits + self.smooth) / (weighed + self.smooth).clamp_min(_LEAST)
        losses = losses * (true > 0)
        if self.class_weights is None:
            return losses.mean()
        return (losses * self.class_weights).sum() / self.class_weights.sum()


class Power(nn.Module):
    """A loss to the power of gamma, with a finite gradient where the loss is 0."""

    def __init__(self, base: nn.Module, gamma: float) -> None:
        super().__init__()
        self.base = base
        self.gamma = gamma

    def forward(self, logits: Logits, truth: Truth) -> Scalar:
        """Return the power of the base's loss."""
        loss = self.base(logits, truth)
        positive = loss > 0
        # The inner where keeps the infinite slope of x ** gamma at 0 out of the backward pass.
        return torch.where(positive, torch.where(positive, loss, 1.0) ** self.gamma, loss)


class LovaszSoftmax(nn.Module):
    """Lovász-Softmax: the mean over the classes that the batch holds."""

    def __init__(self) -> None:
        super().__init__()
        self.loss = smp.losses.LovaszLoss("multiclass", ignore_index=IGNORE)

    def forward(self, logits: Logits, truth: UInt8[Tensor, "n h w"]) -> Scalar:
        """Return the loss; SMP answers a batch without labelled pixels with an empty tensor, whose sum is 0."""
        loss: Tensor = self.loss(logits, truth)
        return loss.sum()


class MeanOverChannels(nn.Module):
    """A loss of one binary channel, averaged over the channels."""

    def __init__(self, channel_loss: ChannelLoss) -> None:
        super().__init__()
        self.channel_loss = channel_loss

    def forward(self, logits: Logits, truth: Truth) -> Scalar:
        """Return the mean over channels."""
        channels = truth if truth.dim() == 4 else truth.unsqueeze(1)
        losses = [self.channel_loss(logits[:, k], channels[:, k]) for k in range(logits.shape[1])]
        return torch.stack(losses).mean()


def mcc_of_channel(logits: Float[Tensor, "n h w"], truth: UInt8[Tensor, "n h w"]) -> Scalar:
    """Return 1 - MCC over the labelled pixels of one channel; 0 where there are none."""
    labelled = truth != IGNORE
    prob = logits[labelled].sigmoid()
    loss: Tensor = smp.losses.MCCLoss()(prob.unsqueeze(0), truth[labelled].float().unsqueeze(0))
    return loss * labelled.any()


def build_dice(term: OverlapConfig, task: Task, class_weights: Weights) -> nn.Module:
    """Build the Dice loss."""
    return Overlap(task, class_weights, alpha=0.5, beta=0.5, smooth=term.smooth)


def build_jaccard(term: OverlapConfig, task: Task, class_weights: Weights) -> nn.Module:
    """Build the Jaccard loss."""
    return Overlap(task, class_weights, alpha=1.0, beta=1.0, smooth=term.smooth)


def build_tversky(term: TverskyConfig, task: Task, class_weights: Weights) -> nn.Module:
    """Build the Tversky loss."""
    base = Overlap(task, class_weights, alpha=term.alpha, beta=term.beta, smooth=term.smooth)
    return base if term.gamma == 1 else Power(base, term.gamma)


def build_lovasz(term: LossTermConfig, task: Task, class_weights: Weights) -> nn.Module:  # noqa: ARG001
    """Build Lovász-Softmax for multiclass, the Lovász hinge of each channel for the others."""
    if task.kind == "multiclass":
        return LovaszSoftmax()
    return MeanOverChannels(smp.losses.LovaszLoss("binary", ignore_index=IGNORE))


def build_mcc(term: LossTermConfig, task: Task, class_weights: Weights) -> nn.Module:  # noqa: ARG001
    """Build 1 - Matthews correlation of each channel."""
    return MeanOverChannels(mcc_of_channel)
