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
from segsweep.losses.spec import LossTermConfig, OverlapConfig, TverskyConfig

Weights = Sequence[float] | None
Logits = Float[Tensor, "n k h w"]
Truth = UInt8[Tensor, "n h w"] | UInt8[Tensor, "n k h w"]
Scalar = Float[Tensor, ""]
ChannelLoss = Callable[[Float[Tensor, "n h w"], UInt8[Tensor, "n h w"]], Scalar]


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
    return _overlap(smp.losses.DiceLoss, task, class_weights, smooth=term.smooth)


def build_jaccard(term: OverlapConfig, task: Task, class_weights: Weights) -> nn.Module:
    """Build the Jaccard loss."""
    return _overlap(smp.losses.JaccardLoss, task, class_weights, smooth=term.smooth)


def build_tversky(term: TverskyConfig, task: Task, class_weights: Weights) -> nn.Module:
    """Build the Tversky loss."""
    base = _overlap(smp.losses.TverskyLoss, task, class_weights, smooth=term.smooth, alpha=term.alpha, beta=term.beta)
    return base if term.gamma == 1 else Power(base, term.gamma)


def build_lovasz(term: LossTermConfig, task: Task, class_weights: Weights) -> nn.Module:  # noqa: ARG001
    """Build Lovász-Softmax for multiclass, the Lovász hinge of each channel for the others."""
    if task.kind == "multiclass":
        return LovaszSoftmax()
    return MeanOverChannels(smp.losses.LovaszLoss("binary", ignore_index=IGNORE))


def build_mcc(term: LossTermConfig, task: Task, class_weights: Weights) -> nn.Module:  # noqa: ARG001
    """Build 1 - Matthews correlation of each channel."""
    return MeanOverChannels(mcc_of_channel)


def _overlap(loss_class: Callable[..., nn.Module], task: Task, class_weights: Weights, **options: float) -> nn.Module:
    """Build one of SMP's region losses, which refuse class weights where there is one region."""
    weights = None if task.kind == "binary" or class_weights is None else list(class_weights)
    return loss_class(task.kind, ignore_index=IGNORE, class_weights=weights, **options)
