"""Options that let a timm encoder take the images of a run, found by trying them on the meta device."""

from typing import Any

import torch
from torch import nn

from segsweep.models.nets import Backbone, build_net_on_meta
from segsweep.models.pairs import TIMM_PREFIX
from segsweep.models.spec import EncoderConfig, ModelConfig

SIZE_OPTIONS = ("img_size", "dynamic_img_size")


def size_candidates(height: int, width: int) -> list[dict[str, Any]]:
    """Return what may tell an encoder the image size, in the order tried.

    Any size (vision transformers, Swin) is best, for evaluation may take another; convolutional encoders need
    nothing; the rest (MaxViT, CoAtNet, Hiera, BEiT) is built for one size, which is then the only one.
    """
    return [{"dynamic_img_size": True}, {}, {"img_size": (height, width)}]


def fitting_options(
    model: ModelConfig, encoder: EncoderConfig, *, in_channels: int, image_size: tuple[int, int]
) -> dict[str, Any]:
    """Return the encoder's options, and one more if it needs that to take images of this size.

    What the user set is never changed. If nothing helps, the options are returned as they are, and building or
    running the network says why.
    """
    if not encoder.name.startswith(TIMM_PREFIX) or any(option in encoder.options for option in SIZE_OPTIONS):
        return dict(encoder.options)
    for candidate in size_candidates(*image_size):
        options = encoder.options | candidate
        try:
            net = build_net_on_meta(model, Backbone(encoder.name, options), in_channels=in_channels, num_outputs=1)
            run_on_meta(net, in_channels, image_size)
        except Exception:  # timm refuses an option by whatever exception comes first
            continue
        return options
    return dict(encoder.options)


def run_on_meta(
    net: nn.Module, in_channels: int, image_size: tuple[int, int], *, batch: int = 2, train: bool = False
) -> tuple[int, ...]:
    """Run a network of the meta device on images without numbers and return channels, height and width of its output.

    Raises:
        TypeError: If what it returns is no tensor.
    """
    net.train(train)
    with torch.no_grad():
        logits = net(torch.empty(batch, in_channels, *image_size, device="meta"))
    if not isinstance(logits, torch.Tensor):
        raise TypeError(f"it returns a {type(logits).__name__}, not a tensor")
    return tuple(logits.shape[1:])
