from pathlib import Path

import pytest
import segmentation_models_pytorch as smp
import torch

from segsweep.config.options import conf_dir
from segsweep.models.encoders import ENCODERS, EncoderRow, family_of

FILES = {path.stem: path for path in Path(conf_dir() / "encoder").glob("*.yaml")}


def test_the_files_the_table_and_the_library_name_the_same_encoders() -> None:
    assert sorted(FILES) == sorted(ENCODERS) == sorted(smp.encoders.get_encoder_names())


@pytest.mark.parametrize(("name", "row"), ENCODERS.items())
def test_the_table_names_the_pretrained_sets_of_the_library(name: str, row: EncoderRow) -> None:
    assert row.weights == tuple(smp.encoders.encoders[name]["pretrained_settings"])


@pytest.mark.parametrize("name", ENCODERS)
def test_a_file_tells_family_size_and_paper_and_leaves_the_weights_to_the_data(name: str) -> None:
    family = family_of(name)
    assert family is not None
    assert FILES[name].read_text().splitlines() == [
        f"# {family.title}, {ENCODERS[name].parameters_m} million parameters. {family.paper}.",
        f"name: {name}",
        "weights: ${data.pretrained}",
    ]


@pytest.mark.parametrize(
    "name", ["resnet18", "vgg16_bn", "densenet121", "efficientnet-b7", "timm-skresnet18", "mobileone_s0"]
)
def test_the_table_tells_the_parameters(name: str) -> None:
    with torch.device("meta"):
        encoder = smp.encoders.get_encoder(name, weights=None)
    assert ENCODERS[name].parameters_m == round(sum(p.numel() for p in encoder.parameters()) / 1e6, 1)
