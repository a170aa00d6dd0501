"""Mean and standard deviation that an encoder's weights were trained with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import segmentation_models_pytorch as smp
import timm
import torch
from jaxtyping import Float
from torch import Tensor, nn

from segsweep.models.pairs import TIMM_PREFIX, is_weight_file
from segsweep.models.spec import EncoderConfig

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Normalization:
    """What is subtracted from, and what divides, pixel values in [0, 255]; one number per channel, RGB order."""

    mean: Float[Tensor, " c"]
    std: Float[Tensor, " c"]
    bgr: bool = False
    """Whether the weights expect blue first; `first_convolution_to_rgb` turns them round."""


def normalization_of(encoder: EncoderConfig, in_channels: int) -> Normalization:
    """Return the normalization of an encoder and its weights.

    Random weights, and local files of named encoders, take ImageNet's. The Hub is not asked for it: the numbers of a
    named set lie in the cache beside its weights, so call this after they were fetched.
    """
    params: dict[str, Any] = {"mean": IMAGENET_MEAN, "std": IMAGENET_STD, "input_range": (0, 1), "input_space": "RGB"}
    if encoder.weights is not None:
        if encoder.name.startswith(TIMM_PREFIX):
            trained = timm.models.get_pretrained_cfg(encoder.name.removeprefix(TIMM_PREFIX))
            params |= {"mean": trained.mean, "std": trained.std}
        elif not is_weight_file(encoder.weights):
            params |= smp.encoders.get_preprocessing_params(encoder.name, encoder.weights)
    return from_params(params, in_channels)


def from_params(params: Mapping[str, Any], in_channels: int) -> Normalization:
    """Bring the numbers of a pretrained set to pixel values in [0, 255] and to a number of channels.

    Args:
        params: `mean` and `std` of three channels, `input_range` (0 to 1 or 0 to 255), `input_space` (RGB or BGR).
        in_channels: One channel takes the mean of the three; more than three repeat them in turn.
    """
    bgr = params["input_space"] == "BGR"
    scale = 255.0 if params["input_range"][1] == 1 else 1.0
    channels = [torch.tensor(params[key], dtype=torch.float32) * scale for key in ("mean", "std")]
    mean, std = (_to_channels(channel.flip(0) if bgr else channel, in_channels) for channel in channels)
    return Normalization(mean, std, bgr)


def _to_channels(three: Float[Tensor, " c"], in_channels: int) -> Float[Tensor, " n"]:
    if in_channels == 1:
        return three.mean(dim=0, keepdim=True)
    return three[torch.arange(in_channels) % len(three)]


def first_convolution_to_rgb(encoder: nn.Module, in_channels: int) -> None:
    """Turn the first convolution of weights that expect blue first round, so that it takes RGB images.

    Every three channels change places, as the weights were repeated in turn over them.
    """
    first = next(m for m in encoder.modules() if isinstance(m, nn.Conv2d) and m.in_channels == in_channels)
    order = [
        channel for start in range(0, in_channels, 3) for channel in range(start, min(start + 3, in_channels))[::-1]
    ]
    with torch.no_grad():
        first.weight.copy_(first.weight[:, order])
