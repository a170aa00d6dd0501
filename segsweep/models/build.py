"""From config to network."""

from typing import Any

from torch import nn

from segsweep.models.nets import Backbone, build_net
from segsweep.models.network import SegmentationModel
from segsweep.models.options import fitting_options
from segsweep.models.pairs import TIMM_PREFIX, is_weight_file
from segsweep.models.pretrained.local_weights import load_local_weights
from segsweep.models.pretrained.normalization import first_convolution_to_rgb, normalization_of
from segsweep.models.pretrained.weights import timm_cached_file
from segsweep.models.spec import ARCHITECTURES, EncoderConfig, ModelConfig


def build_model(
    model: ModelConfig,
    encoder: EncoderConfig,
    *,
    in_channels: int,
    num_outputs: int,
    image_size: tuple[int, int] | None = None,
) -> SegmentationModel:
    """Build the network with its encoder's weights and normalization.

    A transformer that needs to know the image's size in training, px, is told; without one `encoder.options` go alone.
    `check_weights` has found the weights before.

    Raises:
        WeightsError: If the weights cannot be had or do not fit.
    """
    options = encoder.options
    if image_size is not None:
        options = fitting_options(model, encoder, in_channels=in_channels, image_size=image_size)
    weights, extra = _pretrained(encoder)
    net = build_net(
        model, Backbone(encoder.name, options | extra, weights), in_channels=in_channels, num_outputs=num_outputs
    )
    normalization = normalization_of(encoder, in_channels)
    if ARCHITECTURES[model.arch].has_encoder:
        _prepare_encoder(net, encoder, in_channels, bgr=normalization.bgr)
    return SegmentationModel(net, normalization)


def _prepare_encoder(net: nn.Module, encoder: EncoderConfig, in_channels: int, *, bgr: bool) -> None:
    backbone = net.encoder
    assert isinstance(backbone, nn.Module)
    if encoder.weights is not None and is_weight_file(encoder.weights):
        load_local_weights(backbone, encoder)
    if bgr:
        first_convolution_to_rgb(backbone, in_channels)


def _pretrained(encoder: EncoderConfig) -> tuple[str | bool | None, dict[str, Any]]:
    """Return what the library shall load, and the options that keep it from asking the network for a cached file."""
    if encoder.weights is None or is_weight_file(encoder.weights):
        return None, {}
    if not encoder.name.startswith(TIMM_PREFIX):
        return encoder.weights, {}
    cached = timm_cached_file(encoder.name)
    return True, {"pretrained_cfg_overlay": {"file": str(cached)}} if cached else {}
