import logging
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from segsweep.core.errors import WeightsError
from segsweep.models.build import build_model
from segsweep.models.pretrained.local_weights import adapt_channels, bare_name
from segsweep.models.spec import EncoderConfig
from tests.compose import compose

UNET = compose("model=unet").model


def build(name: str, weights: Path | None, channels: int = 3) -> nn.Module:
    encoder = EncoderConfig(name, str(weights) if weights else None)
    return build_model(UNET, encoder, in_channels=channels, num_outputs=1)


def same(one: nn.Module, other: nn.Module) -> bool:
    state = other.state_dict()
    return all(torch.equal(tensor, state[name]) for name, tensor in one.state_dict().items())


@pytest.mark.parametrize("name", ["resnet18", "tu-resnet18", "tu-convnext_atto"])
def test_a_whole_checkpoint_of_segsweep_gives_its_encoder(name: str, tmp_path: Path) -> None:
    trained = build(name, None)
    state = {f"model.{key}": tensor for key, tensor in trained.state_dict().items()}
    torch.save({"state_dict": state, "epoch": 3}, tmp_path / "last.pth")
    assert same(build(name, tmp_path / "last.pth").encoder, trained.encoder)  # type: ignore[arg-type]


@pytest.mark.parametrize("prefix", ["", "module.", "encoder.", "backbone.", "module.model.", "net.encoder."])
def test_wrappers_around_an_encoder_do_not_matter(prefix: str, tmp_path: Path) -> None:
    trained = build("resnet18", None).encoder
    save_file({prefix + key: tensor for key, tensor in trained.state_dict().items()}, tmp_path / "w.safetensors")  # type: ignore[union-attr]
    assert same(build("resnet18", tmp_path / "w.safetensors").encoder, trained)  # type: ignore[arg-type]


def test_timms_own_files_fit_although_timm_flattens_names() -> None:
    assert bare_name("model.stages_0.blocks.0.weight") == bare_name("stages.0.blocks.0.weight")


@pytest.mark.parametrize("channels", [1, 2, 4])
def test_the_first_convolution_is_adapted_as_the_library_does_it(channels: int, tmp_path: Path) -> None:
    trained = build("resnet18", None).encoder
    torch.save(trained.state_dict(), tmp_path / "w.pt")  # type: ignore[union-attr]
    adapted = build("resnet18", tmp_path / "w.pt", channels).encoder
    trained.set_in_channels(channels, pretrained=True)  # type: ignore[union-attr, operator]
    assert torch.allclose(adapted.conv1.weight, trained.conv1.weight)  # type: ignore[union-attr, arg-type]


def test_a_convolution_for_one_channel_is_the_sum_and_for_six_the_half_twice() -> None:
    three = torch.tensor([1.0, 2.0, 4.0]).view(1, 3, 1, 1)
    assert adapt_channels(three, torch.zeros(1, 1, 1, 1)).flatten().tolist() == [7]
    assert adapt_channels(three, torch.zeros(1, 6, 1, 1)).flatten().tolist() == [0.5, 1, 2, 0.5, 1, 2]


def test_a_file_with_a_part_of_the_encoder_is_loaded_and_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    save_file({"conv1.weight": torch.ones(64, 3, 7, 7), "fc.weight": torch.ones(2)}, tmp_path / "w.safetensors")
    with caplog.at_level(logging.INFO):
        model = build("resnet18", tmp_path / "w.safetensors")
    assert model.encoder.conv1.weight.eq(1).all()  # type: ignore[union-attr, operator]
    assert "w.safetensors: 1 of the encoder's 100 tensors loaded" in caplog.text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"other.weight": torch.ones(3)}, "has no tensor of encoder=resnet18. In the file:\n  other.weight"),
        ({"conv1.weight": torch.ones(32, 3, 7, 7)}, "conv1.weight: [32, 3, 7, 7] in the file, [64, 3, 7, 7] wanted"),
        ({"epoch": 3}, "cannot be read: it holds no tensors by name"),
        ([1, 2], "cannot be read: it holds no tensors by name"),
        (Path("x"), "pickled models are refused"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_in_words(content: object, text: str, tmp_path: Path) -> None:
    torch.save(content, tmp_path / "w.pth")
    with pytest.raises(WeightsError) as raised:
        build("resnet18", tmp_path / "w.pth")
    assert text in str(raised.value)


def test_a_damaged_file_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "w.safetensors").write_bytes(b"not tensors")
    with pytest.raises(WeightsError, match="cannot be read"):
        build("resnet18", tmp_path / "w.safetensors")
