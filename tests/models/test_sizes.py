import pytest

from segsweep.core.errors import ConfigError
from segsweep.models.sizes import size_multiple
from segsweep.validate import check_config
from tests.compose import compose


@pytest.mark.parametrize(
    ("overrides", "multiple"),
    [
        (("model=unet",), 1),
        (("model=unet", "encoder=mit_b0"), 1),
        (("model=unet", "encoder=tu-hrnet_w18_small"), 32),
        (("model=unetplusplus",), 32),
        (("model=unetplusplus", "model.encoder_depth=4", "model.decoder_channels=[64,32,16,8]"), 16),
        (("model=pspnet",), 8),
        (("model=deeplabv3",), 8),
        (("model=deeplabv3plus",), 16),
        (("model=pan", "model.encoder_output_stride=32"), 32),
        (("model=dpt", "encoder=tu-vit_base_patch16_224"), 32),
    ],
)
def test_the_size_is_a_multiple_of_the_deepest_stride(overrides: tuple[str, ...], multiple: int) -> None:
    config = compose(*overrides)
    assert size_multiple(config.model, config.encoder) == multiple


@pytest.mark.parametrize(
    ("overrides", "text"),
    [
        (
            ("model=unetplusplus", "resolution.height=500", "resolution.width=500"),
            "resolution.height=500 resolution.width=500 does not go with model=unetplusplus and encoder=resnet18: "
            "height and width must be multiples of 32. Nearest: resolution.height=512 resolution.width=512, "
            "which is resolution=512x512",
        ),
        (("model=pspnet", "resolution.height=90", "resolution.width=67"), "resolution.height=88 resolution.width=64"),
        (("model=fpn", "resolution.height=3"), "Nearest: resolution.height=32 resolution.width=256"),
        (
            ("model=pan", "resolution.height=64", "resolution.width=64"),
            "must be multiples of 16, 128 or more. Nearest: resolution.height=128 resolution.width=128",
        ),
        (("model=fpn", "resolution.eval_size=500x300"), "Nearest: resolution.eval_size=512x288"),
        (("resolution.eval_size=512",), "resolution.eval_size=512 is not a size. It may be same"),
        (("resolution.eval_size=0x64",), "resolution.eval_size=0x64 is not a size"),
        (("model=pan", "trainer.batch_size=1"), "Type trainer.batch_size=2, with trainer.accumulate_batches"),
        (("trainer.batch_size=3", "hardware.devices=2"), "must be a multiple of 2. Nearest: trainer.batch_size=4"),
        (("model=upernet", "trainer.batch_size=2", "hardware.devices=2"), "Type trainer.batch_size=4"),
    ],
)
def test_a_size_that_does_not_go_is_answered_with_the_nearest_that_goes(overrides: tuple[str, ...], text: str) -> None:
    with pytest.raises(ConfigError) as raised:
        check_config(compose(*overrides))
    assert text in str(raised.value)


@pytest.mark.parametrize(
    "overrides",
    [
        ("resolution.height=501", "resolution.width=333"),
        ("model=unetplusplus", "resolution.eval_size=native"),
        ("model=unetplusplus", "resolution.eval_size=512x64"),
        ("model=unet", "trainer.batch_size=1"),
    ],
)
def test_sizes_that_go_are_accepted(overrides: tuple[str, ...]) -> None:
    check_config(compose(*overrides))
