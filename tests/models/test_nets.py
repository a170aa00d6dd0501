import inspect

import pytest
import segmentation_models_pytorch as smp
import torch
from omegaconf import OmegaConf

from segsweep.config.options import conf_dir
from segsweep.models.build import build_model
from segsweep.models.nets import decoder_options
from segsweep.models.spec import ARCHITECTURES
from tests.compose import compose

pytestmark = pytest.mark.slow

GIVEN_BY_SEGSWEEP = {
    "self",
    "encoder_name",
    "encoder_weights",
    "in_channels",
    "classes",
    "activation",
    "aux_params",
    "kwargs",
}
ENCODER_OF = dict.fromkeys(ARCHITECTURES, "resnet18") | {"dpt": "tu-vit_tiny_patch16_224", "segformer": "mit_b0"}


def keywords(arch: str) -> dict[str, object]:
    parameters = inspect.signature(smp.MODEL_ARCHITECTURES_MAPPING[arch].__init__).parameters
    return {name: p.default for name, p in parameters.items() if name not in GIVEN_BY_SEGSWEEP}


def test_the_table_and_the_library_name_the_same_architectures() -> None:
    assert list(ARCHITECTURES) == list(smp.MODEL_ARCHITECTURES_MAPPING)


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_the_fields_of_an_architecture_are_the_keywords_of_the_library(arch: str) -> None:
    assert set(ARCHITECTURES[arch].settings.__dataclass_fields__) - {"arch"} == set(keywords(arch))


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_the_values_in_the_file_are_the_defaults_of_the_library(arch: str) -> None:
    stored = OmegaConf.to_container(OmegaConf.load(conf_dir() / "model" / f"{arch}.yaml"))
    assert isinstance(stored, dict)
    defaults = {name: list(value) if isinstance(value, tuple) else value for name, value in keywords(arch).items()}
    assert {name: stored[name] for name in defaults} == defaults


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_every_architecture_gives_logits_of_the_image_size(arch: str) -> None:
    config = compose(f"model={arch}", f"encoder={ENCODER_OF[arch]}")
    model = build_model(config.model, config.encoder, in_channels=3, num_outputs=5, image_size=(128, 160)).eval()
    image = torch.randint(0, 256, (2, 3, 128, 160), dtype=torch.uint8)
    with torch.no_grad():
        logits = model(image)
    assert logits.shape == (2, 5, 128, 160)
    assert logits.dtype == torch.float32
    assert logits.isfinite().all()


def test_a_changed_option_reaches_the_network() -> None:
    narrow = compose("model=fpn", "model.decoder_pyramid_channels=8").model
    assert decoder_options(narrow)["decoder_pyramid_channels"] == 8
    encoder = compose().encoder
    widths = [
        build_model(model, encoder, in_channels=3, num_outputs=1).net.decoder.p5.out_channels  # type: ignore[union-attr]
        for model in (compose("model=fpn").model, narrow)
    ]
    assert widths == [256, 8]
