"""Networks by their row, in memory or on the meta device."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any

import segmentation_models_pytorch as smp
import torch
from torch import nn

from segsweep.core.registry import build
from segsweep.models.encoders import ENCODERS
from segsweep.models.spec import ARCHITECTURES, ModelConfig


@dataclass(frozen=True)
class Backbone:
    """The encoder that a network is to be built around."""

    name: str
    """Name in the table of encoders, or tu-NAME."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Further keywords of an encoder of timm or of a plugin."""
    weights: str | bool | None = None
    """A pretrained set of a named encoder; true for a timm encoder; None: random weights."""

    def build(self, in_channels: int, *, depth: int = 5, output_stride: int = 32) -> nn.Module:
        """Build the encoder: called with images, it returns `depth` + 1 features, of `out_channels` channels each."""
        built: nn.Module = smp.encoders.get_encoder(
            self.name,
            in_channels=in_channels,
            depth=depth,
            weights=self.weights,
            output_stride=output_stride,
            **self.options,
        )
        return built


def build_smp(settings: ModelConfig, *, in_channels: int, num_outputs: int, encoder: Backbone) -> nn.Module:
    """Build an architecture of segmentation-models-pytorch, whose keywords are the fields of its settings."""
    net: nn.Module = smp.MODEL_ARCHITECTURES_MAPPING[settings.arch](
        encoder_name=encoder.name,
        encoder_weights=encoder.weights,
        in_channels=in_channels,
        classes=num_outputs,
        **decoder_options(settings),
        **encoder.options,
    )
    return net


def decoder_options(model: ModelConfig) -> dict[str, Any]:
    """Return the keywords of the architecture: every field of its settings but its name."""
    return {field.name: getattr(model, field.name) for field in fields(model) if field.name != "arch"}


def build_net(model: ModelConfig, backbone: Backbone, *, in_channels: int, num_outputs: int) -> nn.Module:
    """Build a network, in memory unless a `torch.device` context says otherwise; not all read the encoder.

    Raises:
        ConfigError: If what a plugin's row names cannot be imported or called.
    """
    row = ARCHITECTURES[model.arch]
    encoder = _registered(backbone, in_channels) if row.has_encoder else None
    with warnings.catch_warnings():
        # Without a class token there is nothing to read out, whatever decoder_readout says; no one need act on it.
        warnings.filterwarnings("ignore", message="Encoder does not have prefix tokens", category=UserWarning)
        # These names are the only ones under which their weights exist.
        warnings.filterwarnings("ignore", message="`timm-` encoders are deprecated", category=DeprecationWarning)
        net: nn.Module = build(row.build, model, in_channels=in_channels, num_outputs=num_outputs, encoder=encoder)
    return net


def build_net_on_meta(model: ModelConfig, backbone: Backbone, *, in_channels: int, num_outputs: int) -> nn.Module:
    """Build a network that has shapes but no numbers: 0.1 to 1 s for any size.

    The mix transformers read a number while they are built, so they take the way through memory.
    """
    in_memory = partial(build_net, model, backbone, in_channels=in_channels, num_outputs=num_outputs)
    try:
        with torch.device("meta"):
            return in_memory()
    except (RuntimeError, NotImplementedError) as error:
        if "meta tensor" not in str(error):
            raise
        return in_memory().to("meta")


def _registered(backbone: Backbone, in_channels: int) -> Backbone:
    """Tell segmentation-models-pytorch an encoder of a plugin, under its name; the options are bound to it."""
    row = ENCODERS.get(backbone.name)
    if row is None or not row.build:
        return backbone
    make = partial(_own_encoder, row.build, dict(backbone.options), in_channels)
    smp.encoders.encoders[row.name] = {"encoder": make, "pretrained_settings": {}, "params": {}}
    return Backbone(backbone.name)


def _own_encoder(path: str, options: dict[str, Any], in_channels: int, *, depth: int, **_: Any) -> nn.Module:
    encoder: nn.Module = build(path, in_channels=in_channels, depth=depth, **options)
    encoder.set_in_channels = _leave_channels  # type: ignore[assignment]  # it is built for them
    return encoder


def _leave_channels(in_channels: int, pretrained: bool = True) -> None:
    """Do nothing, where segmentation-models-pytorch would change the first convolution."""
