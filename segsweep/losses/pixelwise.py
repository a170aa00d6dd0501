"""Losses that are a weighted mean over pixels: cross-entropy, binary cross-entropy, focal.

Class weights become weights of pixels, and the mean is divided by their sum, so that only their ratios matter:
multiclass, the weight of the pixel's true class (focal: of the channel); multilabel, the weight of the channel;
binary, the first weight for background pixels and the second for foreground pixels.
"""

from collections.abc import Sequence

import segmentation_models_pytorch as smp
import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, UInt8
from torch import Tensor, nn

from segsweep.core.task import IGNORE, Task
from segsweep.losses.spec import BCEConfig, CrossEntropyConfig, FocalConfig

Weights = Sequence[float] | None
Logits = Float[Tensor, "n k h w"]
Truth = UInt8[Tensor, "n h w"] | UInt8[Tensor, "n k h w"]
Scalar = Float[Tensor, ""]


def channel_targets(truth: Truth, task: Task) -> tuple[Bool[Tensor, "n k h w"], Bool[Tensor, "n _ h w"]]:
    """Return where each channel is true, and which pixels are labelled; an unlabelled pixel is true nowhere."""
    channels = truth if truth.dim() == 4 else truth.unsqueeze(1)
    if task.kind == "multiclass":
        classes = torch.arange(task.num_outputs, dtype=torch.uint8, device=truth.device)
        return channels == classes.view(1, -1, 1, 1), channels != IGNORE
    return channels == 1, channels != IGNORE


class PixelTerm(nn.Module):
    """What the pixel-wise terms share: the weighted mean over labelled pixels, 0 where there is none."""

    class_weights: Tensor | None

    def __init__(self, task: Task, class_weights: Weights) -> None:
        super().__init__()
        self.task = task
        weights = None if class_weights is None else torch.tensor(class_weights, dtype=torch.float32)
        self.register_buffer("class_weights", weights, persistent=False)

    def mean_over_pixels(
        self, loss: Logits, target: Bool[Tensor, "n k h w"], labelled: Bool[Tensor, "n _ h w"]
    ) -> Scalar:
        """Average the loss of each channel and pixel by its weight."""
        weights = labelled.float()
        if self.class_weights is not None and self.task.kind == "binary":
            weights = weights * torch.where(target, self.class_weights[1], self.class_weights[0])
        elif self.class_weights is not None:
            weights = weights * self.class_weights.view(1, -1, 1, 1)
        return divide(loss.mul(weights).sum(), weights.expand_as(loss).sum())


class SoftmaxCrossEntropy(PixelTerm):
    """Cross-entropy over the softmax of all classes."""

    def __init__(self, task: Task, class_weights: Weights, label_smoothing: float) -> None:
        super().__init__(task, class_weights)
        self.label_smoothing = label_smoothing

    def forward(self, logits: Logits, truth: UInt8[Tensor, "n h w"]) -> Scalar:
        """Return the mean over labelled pixels."""
        total = F.cross_entropy(
            logits,
            truth.long(),
            weight=self.class_weights,
            ignore_index=IGNORE,
            label_smoothing=self.label_smoothing,
            reduction="sum",
        )
        labelled = truth != IGNORE
        if self.class_weights is None:
            return divide(total, labelled.sum())
        return divide(total, self.class_weights[truth.masked_fill(~labelled, 0).long()].mul(labelled).sum())


class SigmoidCrossEntropy(PixelTerm):
    """Binary cross-entropy of each channel; the smoothed truth is that of a softmax over two classes."""

    def __init__(self, task: Task, class_weights: Weights, label_smoothing: float) -> None:
        super().__init__(task, class_weights)
        self.label_smoothing = label_smoothing

    def forward(self, logits: Logits, truth: Truth) -> Scalar:
        """Return the mean over labelled pixels and channels."""
        target, labelled = channel_targets(truth, self.task)
        smoothed = target * (1 - self.label_smoothing) + self.label_smoothing / 2
        loss = F.binary_cross_entropy_with_logits(logits, smoothed, reduction="none")
        return self.mean_over_pixels(loss, target, labelled)


class Focal(PixelTerm):
    """Focal loss of each channel; a multiclass channel is its class against all others."""

    def __init__(self, task: Task, class_weights: Weights, gamma: float, alpha: float | None) -> None:
        super().__init__(task, class_weights)
        # SMP's own ignore_index fails on multilabel truth; its binary mode without reduction is the loss of each pixel.
        self.per_pixel = smp.losses.FocalLoss("binary", alpha=alpha, gamma=gamma, reduction="none")

    def forward(self, logits: Logits, truth: Truth) -> Scalar:
        """Return the mean over labelled pixels and channels."""
        target, labelled = channel_targets(truth, self.task)
        loss = self.per_pixel(logits, target.float()).reshape(logits.shape)
        return self.mean_over_pixels(loss, target, labelled)


def divide(total: Scalar, weight: Tensor) -> Scalar:
    """Divide the sum of a loss by the weight it gathered; 0, with zero gradient, where there was none."""
    return total / torch.where(weight > 0, weight, 1)


def build_cross_entropy(term: CrossEntropyConfig, task: Task, class_weights: Weights) -> nn.Module:
    """Build softmax cross-entropy for multiclass, sigmoid cross-entropy for the others."""
    term_class = SoftmaxCrossEntropy if task.kind == "multiclass" else SigmoidCrossEntropy
    return term_class(task, class_weights, term.label_smoothing)


def build_bce(term: BCEConfig, task: Task, class_weights: Weights) -> nn.Module:
    """Build binary cross-entropy."""
    return SigmoidCrossEntropy(task, class_weights, term.label_smoothing)


def build_focal(term: FocalConfig, task: Task, class_weights: Weights) -> nn.Module:
    """Build the focal loss."""
    return Focal(task, class_weights, term.gamma, term.alpha)
