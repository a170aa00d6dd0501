import pytest

from segsweep.core.errors import ConfigError, WeightsError
from segsweep.models.pairs import refused_encoders
from segsweep.validate import check_config
from tests.compose import compose

REFUSALS: list[tuple[tuple[str, ...], str]] = [
    (("encoder.name=resnet43",), "encoder.name=resnet43 does not exist. Nearest: resnet34, resnet50"),
    (("encoder.name=timm-regnetx_002",), "Perhaps encoder=tu-regnetx_002."),
    (("+encoder.options.img_size=64",), "encoder.options={'img_size': 64} is for timm encoders only"),
    (("model=dpt", "encoder=resnet34"), "model=dpt does not go with encoder=resnet34. Type encoder=tu-vit_base"),
    (("model=dpt", "encoder=tu-vit_small_patch14_dinov2"), "with patches of 8, 16 or 32 px"),
    (("model=deeplabv3plus", "encoder=vgg16"), "model=deeplabv3plus does not go with encoder=vgg16. Type another"),
    (("model=pan", "encoder=densenet121"), "Type model.encoder_output_stride=32, or another encoder"),
    (("model=linknet", "encoder=mit_b0"), "Type model=unet or model=segformer, or another encoder"),
    (("model=deeplabv3", "model.encoder_output_stride=32"), "which takes 8 or 16. Type model.encoder_output_stride=16"),
    (("model=pan", "model.encoder_output_stride=8"), "which takes 16 or 32. Type model.encoder_output_stride=32"),
    (("model.encoder_depth=2",), "model.encoder_depth=2 does not go with unet, which takes 3 to 5"),
    (("model=dpt", "encoder=tu-vit_tiny_patch16_224", "model.encoder_depth=5"), "which takes 1 to 4"),
    (("model=fpn", "encoder=mit_b0", "model.encoder_depth=4", "model.upsampling=2"), "which takes 5."),
    (("model.encoder_depth=4",), "as many as model.encoder_depth=4. Type 'model.decoder_channels=[256,128,64,32]', "
     "or model.encoder_depth=5"),
    (("model=deeplabv3", "model.decoder_atrous_rates=[1,2]"), "Type 'model.decoder_atrous_rates=[12,24,36]'"),
    (("model=fpn", "model.encoder_depth=4"), "Type model.upsampling=2"),
    (("model=pspnet", "model.encoder_depth=4"), "Type model.upsampling=16"),
    (("model=deeplabv3", "model.upsampling=4"), "Type model.upsampling=8"),
    (("model.decoder_use_norm=layernorm",), "model.decoder_use_norm=layernorm cannot be built. It may be batchnorm"),
]  # fmt: skip


@pytest.mark.parametrize(("overrides", "text"), REFUSALS)
def test_a_pair_that_cannot_be_trained_is_answered_with_what_to_type(overrides: tuple[str, ...], text: str) -> None:
    with pytest.raises(ConfigError) as raised:
        check_config(compose(*overrides))
    assert text in str(raised.value)


@pytest.mark.parametrize(
    "overrides",
    [
        ("model=pan", "encoder=vgg16", "model.encoder_output_stride=32"),
        ("model=pspnet", "model.encoder_depth=4", "model.upsampling=16"),
        ("model=unet", "model.encoder_depth=4", "model.decoder_channels=[256,128,64,32]"),
        ("model=dpt", "encoder=tu-vit_base_patch16_224.augreg_in21k"),
    ],
)
def test_what_an_answer_told_to_type_is_accepted(overrides: tuple[str, ...]) -> None:
    check_config(compose(*overrides))


def test_a_set_that_an_encoder_does_not_have_is_answered_with_those_it_has() -> None:
    with pytest.raises(WeightsError, match=r"encoder=resnext101_32x4d. It has: ssl, swsl. Type encoder.weights=ssl"):
        check_config(compose("encoder=resnext101_32x4d", "encoder.weights=imagenet"))


def test_a_timm_encoder_carries_its_set_in_its_name() -> None:
    with pytest.raises(
        WeightsError, match=r"encoder.weights=ssl does not go with tu-resnet18.*encoder=tu-resnet18.TAG"
    ):
        check_config(compose("encoder=tu-resnet18.a1_in1k", "encoder.weights=ssl"))


def test_with_its_defaults_an_architecture_refuses_these_numbers_of_named_encoders() -> None:
    # 8 vgg, 4 densenet, inceptionresnetv2, inceptionv4, xception: 15 without dilation; 6 mit_b
    assert {arch: len(refused_encoders(arch)) for arch in ("deeplabv3", "deeplabv3plus", "pan")} == dict.fromkeys(
        ("deeplabv3", "deeplabv3plus", "pan"), 15
    )
    assert refused_encoders("unetplusplus") == refused_encoders("linknet") == tuple(f"mit_b{n}" for n in range(6))
    assert len(refused_encoders("dpt")) == 76
    assert refused_encoders("unet") == ()
