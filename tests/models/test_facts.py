import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from segsweep.models.build import build_model
from segsweep.models.facts import model_facts
from segsweep.models.network import SegmentationModel
from segsweep.models.pretrained.normalization import from_params
from tests.compose import compose

PARAMS = {"mean": (0.0, 0.0, 0.0), "std": (1.0, 1.0, 1.0), "input_range": (0, 255), "input_space": "RGB"}


class TwoConvolutions(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Conv2d(3, 4, kernel_size=3, padding=1)
        self.head = nn.Conv2d(4, 2, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        head: Tensor = self.head(self.encoder(x))
        return head


def test_parameters_and_operations_are_those_counted_by_hand() -> None:
    model = SegmentationModel(TwoConvolutions(), from_params(PARAMS, 3))
    facts = model_facts(model, in_channels=3, height=8, width=8)
    assert facts.num_encoder_parameters == 3 * 4 * 9 + 4
    assert facts.num_parameters == 3 * 4 * 9 + 4 + 4 * 2 + 2
    multiply_adds = 8 * 8 * (3 * 4 * 9) + 8 * 8 * (4 * 2)
    assert facts.gflops * 1e9 == pytest.approx(2 * multiply_adds)


def test_a_network_without_an_encoder_has_no_parameters_in_it() -> None:
    model = SegmentationModel(nn.Conv2d(3, 2, 1), from_params(PARAMS, 3))
    facts = model_facts(model, in_channels=3, height=8, width=8)
    assert (facts.num_encoder_parameters, facts.num_parameters) == (0, 8)


def test_counting_leaves_the_model_as_it_was() -> None:
    config = compose()
    model = build_model(config.model, config.encoder, in_channels=3, num_outputs=1).train()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    model_facts(model, in_channels=3, height=64, width=64)
    assert model.training
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


def test_attention_is_counted_too() -> None:
    # vit_tiny at 224: 197 tokens, 12 blocks; scores and sums of 197 * 197 * 192 multiply-adds each
    config = compose("model=dpt", "encoder=tu-vit_tiny_patch16_224")
    model = build_model(config.model, config.encoder, in_channels=3, num_outputs=1)
    assert model.encoder is not None
    encoder_only = SegmentationModel(WithEncoder(model.encoder), from_params(PARAMS, 3))
    gflops = model_facts(encoder_only, in_channels=3, height=224, width=224).gflops
    tokens, width, blocks = 197, 192, 12
    per_block = tokens * width * width * 12 + 2 * tokens * tokens * width
    patches = 196 * 16 * 16 * 3 * width
    assert gflops * 1e9 == pytest.approx(2 * (blocks * per_block + patches), rel=0.01)


class WithEncoder(nn.Module):
    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, x: Tensor) -> Tensor:
        return F.interpolate(self.encoder(x)[0][-1], size=x.shape[-2:])
