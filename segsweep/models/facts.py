"""What a network costs, counted without running it."""

from dataclasses import dataclass

import torch
from torch import nn
from torch.func import functional_call
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from segsweep.models.network import SegmentationModel


@dataclass(frozen=True)
class ModelFacts:
    """Size and cost of a network."""

    num_parameters: int
    """Parameters of the whole network."""
    num_encoder_parameters: int
    """Parameters of the encoder; 0 where there is none."""
    gflops: float
    """Floating point operations of one forward pass of one image, in 10 ** 9; a multiply-add counts as two."""


def model_facts(model: SegmentationModel, *, in_channels: int, height: int, width: int) -> ModelFacts:
    """Count parameters and operations for an image of so many px; nothing is computed and no memory taken."""
    tensors = {**dict(model.named_parameters()), **dict(model.named_buffers())}
    shapes = {name: torch.empty_like(tensor, device="meta") for name, tensor in tensors.items()}
    image = torch.empty(1, in_channels, height, width, device="meta")
    was_training = model.training
    model.eval()
    # The math kernel of attention is made of matrix products, which the counter knows on every device.
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        functional_call(model, shapes, (image,))
    model.train(was_training)
    return ModelFacts(
        _count(model), 0 if model.encoder is None else _count(model.encoder), counter.get_total_flops() / 1e9
    )


def _count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
