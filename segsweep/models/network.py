"""The network as a run sees it, uint8 images in, logits of the same size out; and its layout in memory."""

from typing import Any

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from segsweep.models.pretrained.normalization import Normalization

SAFE_CHANNELS = 16


class SegmentationModel(nn.Module):
    """A network behind the normalization of its encoder, or that of ImageNet if it has none.

    Mean and standard deviation are buffers, so that a checkpoint normalizes as the run did.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, net: nn.Module, normalization: Normalization) -> None:
        super().__init__()
        self.net = net
        self.register_buffer("mean", normalization.mean.view(1, -1, 1, 1))
        self.register_buffer("std", normalization.std.view(1, -1, 1, 1))

    @property
    def encoder(self) -> nn.Module | None:
        """The backbone, whose learning rate may be scaled; None if the network has none."""
        encoder = getattr(self.net, "encoder", None)
        return encoder if isinstance(encoder, nn.Module) else None

    def forward(self, image: UInt8[Tensor, "n c h w"] | Float[Tensor, "n c h w"]) -> Float[Tensor, "n k h w"]:
        """Return the logits.

        Args:
            image: Pixel values in [0, 255], channels in RGB order.
        """
        logits: Tensor = self.net((image.to(self.mean.dtype) - self.mean) / self.std)
        return logits


def to_channels_last(model: nn.Module, device_kind: str) -> None:
    """Store a model's convolutions channels-last, in place.

    On the CPU, torch 2.14 (oneDNN) writes past its memory in the weight gradient of a 1 x 1 convolution with a stride
    and 3 to 6 input channels in this layout: wrong numbers, then a crash. The stems of MobileOne and RepVGG have one.
    Such layers, with a margin up to 16 channels, stay contiguous.
    """
    model.to(memory_format=torch.channels_last)
    if device_kind != "cpu":
        return
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d) and _overflows(layer):
            layer.weight.data = layer.weight.data.clone(memory_format=torch.contiguous_format)
            layer.register_forward_pre_hook(_contiguous_input)


def _overflows(layer: nn.Conv2d) -> bool:
    is_strided_point = layer.kernel_size == (1, 1) and layer.stride != (1, 1) and layer.groups == 1
    return is_strided_point and layer.in_channels < SAFE_CHANNELS


def _contiguous_input(_layer: nn.Module, inputs: tuple[Any, ...]) -> tuple[Tensor]:
    (image,) = inputs
    return (image.clone(memory_format=torch.contiguous_format),)
