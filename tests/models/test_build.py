import pytest
import torch

from segsweep.models.build import build_model
from segsweep.models.network import SegmentationModel
from segsweep.models.options import fitting_options
from segsweep.models.pretrained.normalization import IMAGENET_MEAN, IMAGENET_STD, first_convolution_to_rgb, from_params
from segsweep.models.spec import EncoderConfig
from tests.compose import compose

UNET = compose("model=unet").model
HALF = {"mean": (0.1, 0.2, 0.6), "std": (0.5, 0.25, 0.125), "input_range": (0, 1), "input_space": "RGB"}


def build(encoder: str = "resnet18", channels: int = 3) -> SegmentationModel:
    return build_model(UNET, EncoderConfig(name=encoder, weights=None), in_channels=channels, num_outputs=1)


def test_pixels_are_normalized_with_imagenets_numbers_before_the_network_sees_them() -> None:
    model = build()
    seen: list[torch.Tensor] = []
    model.net.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    image = torch.full((1, 3, 64, 64), 255, dtype=torch.uint8)
    model.eval()(image)
    for channel in range(3):
        expected = (1 - IMAGENET_MEAN[channel]) / IMAGENET_STD[channel]
        assert seen[0][0, channel, 0, 0].item() == pytest.approx(expected, rel=1e-5)


def test_uint8_and_float_images_give_the_same_logits() -> None:
    model = build().eval()
    image = torch.randint(0, 256, (1, 3, 64, 64), dtype=torch.uint8)
    assert torch.equal(model(image), model(image.float()))


def test_a_checkpoint_carries_mean_and_std() -> None:
    saved = build().state_dict()
    saved["mean"] = torch.full_like(saved["mean"], 7.0)
    other = build()
    other.load_state_dict(saved)
    assert other.mean.flatten().tolist() == [7.0, 7.0, 7.0]


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("encoder", ["resnet18", "mit_b0", "tu-convnext_atto"])
def test_any_number_of_channels_goes_in(encoder: str, channels: int) -> None:
    image = torch.zeros(2, channels, 64, 64, dtype=torch.uint8)
    assert build(encoder, channels).eval()(image).shape == (2, 1, 64, 64)


def test_one_channel_takes_the_mean_of_the_three_and_more_repeat_them() -> None:
    assert from_params(HALF, 1).mean.tolist() == pytest.approx([0.3 * 255])
    assert from_params(HALF, 5).mean.tolist() == pytest.approx([x * 255 for x in (0.1, 0.2, 0.6, 0.1, 0.2)])
    assert from_params(HALF, 3).std.tolist() == pytest.approx([127.5, 63.75, 31.875])


def test_numbers_for_pixels_up_to_255_are_taken_as_they_are() -> None:
    assert from_params(HALF | {"mean": (124, 117, 104), "input_range": (0, 255)}, 3).mean.tolist() == [124, 117, 104]


def test_weights_that_expect_blue_first_are_turned_round_to_take_rgb() -> None:
    normalization = from_params(HALF | {"input_space": "BGR"}, 3)
    assert normalization.bgr
    assert normalization.mean.tolist() == pytest.approx([x * 255 for x in (0.6, 0.2, 0.1)])
    model = build().eval().double()
    image = torch.rand(1, 3, 64, 64, dtype=torch.float64)
    on_bgr = model.net(image.flip(1))
    assert model.encoder is not None
    first_convolution_to_rgb(model.encoder, 3)
    assert torch.allclose(model.net(image), on_bgr)


def test_the_encoder_is_at_hand_for_a_learning_rate_of_its_own() -> None:
    model = build()
    assert model.encoder is not None
    inside = {id(parameter) for parameter in model.encoder.parameters()}
    assert 0 < len(inside) < len(list(model.parameters()))


@pytest.mark.parametrize(
    ("arch", "encoder", "options"),
    [
        ("unet", "resnet18", {}),
        ("unet", "tu-convnext_atto", {}),
        ("dpt", "tu-vit_tiny_patch16_224", {"dynamic_img_size": True}),
        ("unet", "tu-hiera_tiny_224", {"img_size": (64, 96)}),
    ],
)
def test_a_transformer_is_told_the_image_size_if_it_needs_it(
    arch: str, encoder: str, options: dict[str, object]
) -> None:
    model = compose(f"model={arch}").model
    assert fitting_options(model, EncoderConfig(encoder, None), in_channels=3, image_size=(64, 96)) == options


def test_a_size_the_user_gave_is_left_alone() -> None:
    encoder = EncoderConfig("tu-vit_tiny_patch16_224", None, {"img_size": 64})
    model = compose("model=dpt").model
    assert fitting_options(model, encoder, in_channels=3, image_size=(64, 64)) == {"img_size": 64}
