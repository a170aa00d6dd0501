import warnings

import pytest

from segsweep.core.errors import ConfigError
from segsweep.models.check import check_pair
from segsweep.models.nets import Backbone, build_net_on_meta
from segsweep.models.options import run_on_meta
from segsweep.models.pairs import check_pair_rules
from segsweep.models.spec import ARCHITECTURES, EncoderConfig, ModelConfig
from segsweep.schema import Config
from tests.compose import compose

pytestmark = pytest.mark.slow

FAMILIES_THAT_MATTER = ["resnet18", "vgg11", "densenet121", "xception", "mit_b0"]
"""One that only DPT refuses, and most of those that others do; inceptions take a second each to build."""


def check(config: Config, *, num_outputs: int = 1) -> None:
    check_pair(
        config.model,
        config.encoder,
        channels=3,
        resolution=config.resolution,
        batch=config.trainer.batch_size,
        num_outputs=num_outputs,
    )


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_the_tables_refuse_a_pair_if_and_only_if_the_library_does(arch: str) -> None:
    model = compose(f"model={arch}").model
    disagreements = {
        name: (in_table, in_library)
        for name in FAMILIES_THAT_MATTER
        if (in_table := refused_by_table(model, name)) != (in_library := refused_by_library(model, name))
    }
    assert disagreements == {}


def refused_by_table(model: ModelConfig, encoder: str) -> bool:
    try:
        check_pair_rules(model, EncoderConfig(encoder, None))
    except ConfigError:
        return True
    return False


def refused_by_library(model: ModelConfig, encoder: str) -> bool:
    try:
        net = build_net_on_meta(model, Backbone(encoder), in_channels=3, num_outputs=2)
        return run_on_meta(net, 3, (128, 128), train=True) != (2, 128, 128)
    except (ValueError, NotImplementedError, RuntimeError):
        return True


@pytest.mark.parametrize("arch", ARCHITECTURES)
@pytest.mark.parametrize("depth", [3, 4])
def test_other_depths_that_the_tables_accept_give_logits_of_the_image_size(arch: str, depth: int) -> None:
    overrides = [f"model={arch}", f"model.encoder_depth={depth}", "resolution.height=128", "resolution.width=128"]
    channels = [256, 128, 64, 32, 16][:depth]
    if arch in ("unet", "unetplusplus", "manet"):
        overrides.append(f"model.decoder_channels={channels}")
    overrides += {
        "fpn": [f"model.upsampling={2 ** (depth - 3)}"],
        "pspnet": [f"model.upsampling={2**depth}"],
        "dpt": [f"model.decoder_intermediate_channels={channels}", "encoder=tu-vit_tiny_patch16_224"],
    }.get(arch, [])
    config = compose(*overrides)
    check_pair_rules(config.model, config.encoder)
    check(config)


@pytest.mark.parametrize(
    "overrides",
    [
        ("model=dpt", "encoder=tu-vit_tiny_patch16_224", "resolution.eval_size=native"),
        ("encoder=tu-swin_tiny_patch4_window7_224", "resolution.eval_size=320x288"),
        ("encoder=tu-hiera_tiny_224",),
        ("model=dpt", "encoder=tu-convnext_atto"),
    ],
)
def test_a_timm_encoder_that_fits_is_accepted_as_it_comes(overrides: tuple[str, ...]) -> None:
    check(compose(*overrides), num_outputs=3)


@pytest.mark.parametrize(
    ("overrides", "text"),
    [
        (("encoder=tu-convnext_nanoo",), "timm has no model convnext_nanoo. Nearest: tu-convnext_nano"),
        (("encoder=tu-resnet18.a1_in2k",), "Nearest: tu-resnet18.a1_in1k"),
        (("encoder=tu-vit_tiny_patch16_224",), "Type model=dpt for a plain vision transformer"),
        (("model=deeplabv3plus", "encoder=tu-hrnet_w18_small"), "it cannot be dilated. Type model=unet, or another"),
        (
            ("model=pan", "encoder=tu-pvt_v2_b0"),
            "it cannot be dilated. Type model.encoder_output_stride=32, or another encoder",
        ),
        (
            ("encoder=tu-resnet18", "+encoder.options.img_size=64"),
            "encoder.options.img_size is not an option of it. Type the command without encoder.options.img_size",
        ),
        (
            ("encoder=tu-hiera_tiny_224", "resolution.eval_size=native"),
            "is built for images of 256x256 and does not take every size. Type resolution.eval_size=same",
        ),
        (
            ("encoder=tu-hiera_tiny_224", "resolution.eval_size=512x512"),
            "does not take 512x512 images (resolution.eval_size): it is built for the training size",
        ),
        (
            ("model=dpt", "encoder=tu-vit_tiny_patch16_224", "+encoder.options.img_size=224"),
            "Type 'encoder.options.img_size=[256,256]', another size",
        ),
        (
            ("resolution.height=32", "resolution.width=32", "trainer.batch_size=1"),
            "with 1 image per batch nothing is left to normalize over. Type trainer.batch_size=2, or a larger size",
        ),
        (("model=fpn", "resolution.height=250"), "multiples of 32 px. Type resolution.height=256 resolution.width=256"),
        (("model=fpn", "resolution.eval_size=250x250"), "Type resolution.eval_size=256x256"),
        (("model=fpn", "model.upsampling=2"), "the logits would have 128x128 px"),
        (("model=pspnet", "encoder=tu-rexnet_100"), "or another encoder, such as encoder=resnet34"),
    ],
)
def test_what_the_library_refuses_is_said_in_words_with_what_to_type(overrides: tuple[str, ...], text: str) -> None:
    config = compose(*overrides)
    with pytest.raises(ConfigError) as raised:
        check(config)
    assert text in str(raised.value)


def test_checking_warns_of_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check(compose("model=dpt", "encoder=tu-convnext_atto"))
        check(compose("encoder=timm-skresnet18"))
