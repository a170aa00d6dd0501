"""The architectures of segmentation-models-pytorch, in memory or on the meta device."""

import warnings
from dataclasses import fields
from functools import partial
from typing import Any

import segmentation_models_pytorch as smp
import torch
from torch import nn

from segsweep.models.spec import ModelConfig

ARCHITECTURES: dict[str, type[nn.Module]] = {
    "unet": smp.Unet,
    "unetplusplus": smp.UnetPlusPlus,
    "manet": smp.MAnet,
    "linknet": smp.Linknet,
    "fpn": smp.FPN,
    "pspnet": smp.PSPNet,
    "deeplabv3": smp.DeepLabV3,
    "deeplabv3plus": smp.DeepLabV3Plus,
    "pan": smp.PAN,
    "upernet": smp.UPerNet,
    "segformer": smp.Segformer,
    "dpt": smp.DPT,
}


def decoder_options(model: ModelConfig) -> dict[str, Any]:
    """Return the keywords of the architecture: every field of its config but its name."""
    return {field.name: getattr(model, field.name) for field in fields(model) if field.name != "arch"}


def build_net(
    model: ModelConfig,
    encoder_name: str,
    encoder_options: dict[str, Any],
    *,
    in_channels: int,
    num_outputs: int,
    weights: str | bool | None = None,
) -> nn.Module:
    """Build a network, in memory unless a `torch.device` context says otherwise.

    Args:
        model: Architecture and decoder options.
        encoder_name: Name in segmentation-models-pytorch, or tu-NAME.
        encoder_options: Further keywords of a timm encoder.
        in_channels: Channels of the images.
        num_outputs: Channels of the logits.
        weights: A pretrained set of a named encoder; true for a timm encoder; None: random weights.
    """
    with warnings.catch_warnings():
        # Without a class token there is nothing to read out, whatever decoder_readout says; no one need act on it.
        warnings.filterwarnings("ignore", message="Encoder does not have prefix tokens", category=UserWarning)
        # These names are the only ones under which their weights exist.
        warnings.filterwarnings("ignore", message="`timm-` encoders are deprecated", category=DeprecationWarning)
        return ARCHITECTURES[model.arch](
            encoder_name=encoder_name,
            encoder_weights=weights,
            in_channels=in_channels,
            classes=num_outputs,
            **decoder_options(model),
            **encoder_options,
        )


def build_net_on_meta(
    model: ModelConfig, encoder_name: str, encoder_options: dict[str, Any], *, in_channels: int, num_outputs: int
) -> nn.Module:
    """Build a network that has shapes but no numbers: 0.1 to 1 s for any size.

    The mix transformers read a number while they are built, so they take the way through memory.
    """
    build = partial(build_net, model, encoder_name, encoder_options, in_channels=in_channels, num_outputs=num_outputs)
    try:
        with torch.device("meta"):
            return build()
    except RuntimeError as error:
        if "meta tensors" not in str(error):
            raise
        return build().to("meta")
