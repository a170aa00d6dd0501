"""Networks and encoders of a plugin: rows are added here, composed, checked, built, trained for a step, described."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
import segmentation_models_pytorch as smp
import torch
from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from segmentation_models_pytorch.encoders._base import EncoderMixin
from torch import Tensor, nn

from segsweep.compose import plain, register_schema, typed
from segsweep.config.declare import COUNT, number
from segsweep.config.identity import run_name
from segsweep.config.options import conf_dir
from segsweep.core.errors import ConfigError, WeightsError
from segsweep.models.build import build_model
from segsweep.models.check import check_pair
from segsweep.models.describe import describe_encoders, describe_models
from segsweep.models.encoders import ENCODERS, EncoderRow, Family
from segsweep.models.facts import model_facts
from segsweep.models.nets import Backbone
from segsweep.models.pretrained.weights import check_weights
from segsweep.models.spec import ARCHITECTURES, Architecture, EncoderConfig, ModelConfig
from segsweep.optim.optimizers import parameter_groups
from segsweep.optim.spec import OptimizerConfig
from segsweep.schema import Config
from segsweep.validate import check_config
from tests.compose import register

SHRINK = 4


@dataclass
class PlainConfig(ModelConfig):
    """Two convolutions. A laboratory of one's own."""

    width: int = number(COUNT, default=6)
    """Channels between the two."""


def build_plain(settings: PlainConfig, *, in_channels: int, num_outputs: int, encoder: None) -> nn.Module:
    first = nn.Conv2d(in_channels, settings.width, 3, padding=1)
    return nn.Sequential(first, nn.ReLU(), nn.Conv2d(settings.width, num_outputs, 1))


class OneFeature(nn.Module):
    """A head on one feature map of an encoder."""

    def __init__(self, encoder: nn.Module, num_outputs: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = nn.Conv2d(encoder.out_channels[2], num_outputs, 1)  # type: ignore[index, arg-type]

    def forward(self, image: Tensor) -> Tensor:
        return nn.functional.interpolate(self.head(self.encoder(image)[2]), size=image.shape[-2:])


def build_around(settings: ModelConfig, *, in_channels: int, num_outputs: int, encoder: Backbone) -> nn.Module:
    return OneFeature(encoder.build(in_channels, depth=3), num_outputs)


class Pooling(nn.Module, EncoderMixin):  # type: ignore[misc]  # the library has no types
    """An encoder that halves the image and adds channels."""

    def __init__(self, in_channels: int, depth: int, width: int) -> None:
        super().__init__()
        self._depth, self._in_channels, self._output_stride = depth, in_channels, 32
        self._out_channels = [in_channels, *(width * stage for stage in range(1, depth + 1))]
        pairs = zip(self._out_channels, self._out_channels[1:], strict=False)
        self.stages = nn.ModuleList(nn.Conv2d(one, other, 3, stride=2, padding=1) for one, other in pairs)

    def forward(self, image: Tensor) -> list[Tensor]:
        features = [image]
        for stage in self.stages:
            features.append(stage(features[-1]))
        return features


def build_pooling(*, in_channels: int, depth: int, width: int = SHRINK) -> nn.Module:
    return Pooling(in_channels, depth, width)


def build_too_small(settings: ModelConfig, *, in_channels: int, num_outputs: int, encoder: None) -> nn.Module:
    return nn.Conv2d(in_channels, num_outputs, 3)


def build_wrong_channels(settings: ModelConfig, *, in_channels: int, num_outputs: int, encoder: None) -> nn.Module:
    return nn.Conv2d(in_channels, num_outputs + 1, 1)


def build_nothing(in_channels: int) -> None:
    """A builder that takes other arguments."""


PLAIN = Architecture("plain", PlainConfig, f"{__name__}:build_plain", has_encoder=False)


@pytest.fixture(autouse=True)
def lab(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Rows of a plugin, for one test."""
    for table in (ARCHITECTURES, ENCODERS):
        monkeypatch.setattr(table, "_rows", dict(table.items()))
    ARCHITECTURES.add(PLAIN)
    ARCHITECTURES.add(Architecture("around", ModelConfig, f"{__name__}:build_around", multiple=8))
    ENCODERS.add(EncoderRow("pooling", family=Family("Pooling", "own work"), build=f"{__name__}:build_pooling"))
    register()
    register_schema()
    yield
    smp.encoders.encoders.pop("pooling", None)


def composed(*words: str) -> tuple[Config, str]:
    """Return the config, and the name of its run."""
    with initialize_config_dir(str(conf_dir())):
        cfg = hydra_compose("config", list(words))
    return typed(cfg), run_name(plain(cfg))


def check(config: Config) -> None:
    check_config(config)
    check_pair(config.model, config.encoder, channels=3, resolution=config.resolution, batch=2, num_outputs=2)


def trained(config: Config) -> nn.Module:
    """Check and build a network, and let it learn for one step."""
    check(config)
    model = build_model(config.model, config.encoder, in_channels=3, num_outputs=2, image_size=(32, 32))
    optimizer = torch.optim.SGD(parameter_groups(model, OptimizerConfig("sgd", 0.1, 0.0, 0.5)))
    logits = model(torch.randint(0, 256, (2, 3, 32, 32), dtype=torch.uint8))
    assert logits.shape == (2, 2, 32, 32)
    before = [parameter.clone() for parameter in model.parameters()]
    logits.square().mean().backward()
    optimizer.step()
    assert any(not torch.equal(old, new) for old, new in zip(before, model.parameters(), strict=True))
    return model


def test_a_network_without_an_encoder_trains_and_no_encoder_is_part_of_its_run() -> None:
    config, name = composed("model=plain", "model.width=5", "resolution.height=33")
    assert name.startswith("plain-")
    assert name.count("-") == 1
    assert composed("model=plain", "model.width=5", "resolution.height=33", "encoder=vgg11") == (config, name)
    assert composed("model=plain", "model.width=6", "resolution.height=33")[1] != name
    assert config.encoder == EncoderConfig("none", None, {})
    model = trained(config)
    facts = model_facts(model, in_channels=3, height=8, width=8)  # type: ignore[arg-type]
    assert (facts.num_encoder_parameters, facts.num_parameters) == (0, 3 * 5 * 9 + 5 + 5 * 2 + 2)
    check_weights(config.encoder)


def test_a_network_of_ones_own_is_built_around_any_encoder() -> None:
    config, name = composed("model=around", "encoder=resnet18", "encoder.weights=null")
    assert name.startswith("around-resnet18-")
    model = trained(config)
    groups = parameter_groups(model, OptimizerConfig("sgd", 0.1, 0.0, 0.5))
    assert {group["lr"] for group in groups} == {0.05, 0.1}
    timm, _ = composed("model=around", "encoder=tu-convnext_atto", "encoder.weights=null")
    check(timm)
    with pytest.raises(ConfigError, match="must be multiples of 8"):
        check_config(composed("model=around", "encoder=resnet18", "resolution.height=250")[0])


@pytest.mark.parametrize("model", ["unet", "unetplusplus", "fpn", "around"])
def test_an_encoder_of_ones_own_goes_into_networks_with_its_options(model: str) -> None:
    config, name = composed(f"model={model}", "encoder=pooling", "+encoder.options.width=3", "resolution=64x64")
    assert name.startswith(f"{model}-pooling-")
    assert config.encoder == EncoderConfig("pooling", None, {"width": 3})
    assert trained(config).encoder.stages[0].out_channels == 3  # type: ignore[union-attr, index]


def test_an_encoder_of_ones_own_takes_any_number_of_channels_and_no_named_weights() -> None:
    config, _ = composed("encoder=pooling", "encoder.weights=imagenet")
    with pytest.raises(WeightsError, match="encoder=pooling has no pretrained weights"):
        check_config(config)
    encoder = replace(config.encoder, weights=None)
    gray = build_model(config.model, encoder, in_channels=1, num_outputs=1)
    assert gray(torch.zeros(1, 1, 64, 64, dtype=torch.uint8)).shape == (1, 1, 64, 64)


@pytest.mark.parametrize(
    ("builder", "text"),
    [
        ("build_too_small", "model=wrong does not take 256x256 images (training): the logits would have 254x254 px"),
        ("build_wrong_channels", "the logits would be 3x256x256, not 2x256x256"),
        ("build_nothing", "build_nothing(in_channels: int) -> None is called as (ModelConfig, in_channels=..., "),
        ("build_absent", "build_absent does not exist"),
        ("SHRINK", "model=wrong cannot be trained: it cannot be built (TypeError: 4 is not a callable object)"),
    ],
)
def test_a_builder_that_does_not_build_a_network_is_answered_in_words(builder: str, text: str) -> None:
    ARCHITECTURES.add(Architecture("wrong", ModelConfig, f"{__name__}:{builder}", has_encoder=False))
    register_schema()
    with pytest.raises(ConfigError) as raised:
        check(composed("model=wrong")[0])
    assert text in str(raised.value)


def test_a_name_that_does_not_exist_or_has_other_settings_is_refused() -> None:
    config, _ = composed()
    with pytest.raises(ConfigError, match=r"model.arch=plane does not exist. Nearest: plain"):
        check_config(replace(config, model=replace(config.model, arch="plane")))
    with pytest.raises(ConfigError, match="Choose it as model=fpn"):
        check_config(replace(config, model=replace(config.model, arch="fpn")))
    with pytest.raises(ConfigError, match=r"encoder.name=none does not exist"):
        check_config(replace(config, encoder=EncoderConfig("none", None)))


def test_the_tables_for_people_have_the_rows_of_a_plugin() -> None:
    text = describe_models()
    assert (
        "model=plain\n  Two convolutions. A laboratory of one's own.\n    model.width=6   Channels between the two."
        in text
    )
    assert text.count("  no encoder") == 1
    (line,) = (line for line in describe_encoders().splitlines() if line.startswith("pooling "))
    assert line.split()[1:] == ["-", "dpt", "Pooling.", "own", "work"] or "Pooling. own work" in line
