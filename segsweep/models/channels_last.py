"""The memory layout that convolutions prefer, less a layer that torch cannot compute in it."""

from typing import Any

import torch
from torch import Tensor, nn

SAFE_CHANNELS = 16


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
