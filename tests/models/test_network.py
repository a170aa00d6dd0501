import copy

import torch
from torch import nn

from segsweep.models.network import to_channels_last


def stem() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 8, 1, stride=2), nn.ReLU(), nn.Conv2d(8, 4, 3, padding=1))


def test_a_strided_point_convolution_of_few_channels_stays_contiguous_on_the_cpu() -> None:
    model = stem()
    to_channels_last(model, "cpu")
    pointwise, _, last = model
    assert isinstance(pointwise, nn.Conv2d)
    assert isinstance(last, nn.Conv2d)
    assert pointwise.weight.stride() == (3, 1, 1, 1)
    assert last.weight.is_contiguous(memory_format=torch.channels_last)


def test_outputs_and_gradients_are_those_of_the_contiguous_model() -> None:
    image = torch.rand(2, 3, 16, 16)
    plain = stem()
    model = copy.deepcopy(plain)
    to_channels_last(model, "cpu")
    outputs = [plain(image), model(image.contiguous(memory_format=torch.channels_last))]
    for output in outputs:
        output.square().sum().backward()
    torch.testing.assert_close(outputs[1], outputs[0])
    for ours, theirs in zip(model.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad)
