import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from segsweep.data.images import UnreadableImageError, decode_image, read_image, to_channels, to_uint8

RGB = np.array([[[255, 0, 0], [0, 255, 0], [10, 20, 30]]] * 2, dtype=np.uint8)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM", "TGA"])
def test_a_lossless_file_comes_back_in_rgb_order(kind: str) -> None:
    assert np.array_equal(decode_image(encoded(Image.fromarray(RGB), kind)), RGB)


def test_a_jpeg_and_a_webp_come_back_nearly() -> None:
    flat = np.full((16, 16, 3), (200, 100, 50), dtype=np.uint8)
    for kind in ("JPEG", "WEBP"):
        assert np.abs(decode_image(encoded(Image.fromarray(flat), kind)).astype(int) - flat).max() < 6


@pytest.mark.parametrize(("mode", "channels"), [("L", 1), ("1", 1), ("LA", 1), ("P", 3), ("RGBA", 4), ("CMYK", 3)])
def test_every_mode_gets_channels(mode: str, channels: int) -> None:
    kind = "TIFF" if mode == "CMYK" else "PNG"
    assert decode_image(encoded(Image.fromarray(RGB).convert(mode), kind)).shape == (2, 3, channels)


def test_a_gif_is_read_in_color() -> None:
    image = to_channels(decode_image(encoded(Image.fromarray(RGB), "GIF")), 3)
    assert image[0, 0].tolist() == [255, 0, 0]


@pytest.mark.parametrize("ending", [".png", ".tiff"])
def test_sixteen_bits_are_kept_in_gray_and_in_color(ending: str) -> None:
    deep = np.array([[[0, 1000, 65535]]], dtype=np.uint16)
    color = cv2.imencode(ending, deep[..., ::-1])[1].tobytes()
    gray = cv2.imencode(ending, deep[..., 1])[1].tobytes()
    assert decode_image(color).tolist() == deep.tolist()
    assert decode_image(gray).tolist() == [[[1000]]]


def test_the_exif_orientation_is_followed() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise
    content = encoded(Image.fromarray(RGB), "PNG", exif=exif)
    assert np.array_equal(decode_image(content), np.rot90(RGB, -1))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_file_cut_short_is_unreadable(kind: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    content = encoded(Image.fromarray(noise), kind)
    with pytest.raises(UnreadableImageError):
        decode_image(content[: len(content) // 2])


@pytest.mark.parametrize("content", [b"", b"no image at all", b"\x89PNG\r\n\x1a\nrubbish"])
def test_what_is_no_image_is_unreadable(content: bytes) -> None:
    with pytest.raises(UnreadableImageError):
        decode_image(content)


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 7)])
def test_an_array_of_any_number_of_channels_is_read(shape: tuple[int, ...]) -> None:
    array = np.arange(np.prod(shape), dtype=np.uint16).reshape(shape)
    buffer = io.BytesIO()
    np.save(buffer, array)
    assert np.array_equal(decode_image(buffer.getvalue()), array.reshape(2, 3, -1))
    with pytest.raises(UnreadableImageError):
        decode_image(buffer.getvalue()[:-1])


def test_an_array_that_is_no_image_is_refused() -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(3))
    with pytest.raises(UnreadableImageError, match=r"an array of shape \(3,\) and type float64"):
        decode_image(buffer.getvalue())


def test_gray_becomes_rgb_and_rgb_becomes_gray() -> None:
    gray = np.array([[[7]]], dtype=np.uint8)
    assert to_channels(gray, 3).tolist() == [[[7, 7, 7]]]
    # 0.299 * 255 = 76
    assert to_channels(RGB, 1)[0, 0].tolist() == [76]


def test_alpha_is_dropped_unless_four_channels_are_wanted() -> None:
    rgba = np.array([[[1, 2, 3, 128]]], dtype=np.uint8)
    assert to_channels(rgba, 3).tolist() == [[[1, 2, 3]]]
    assert to_channels(rgba, 4).tolist() == [[[1, 2, 3, 128]]]


def test_a_value_range_becomes_0_to_255_and_the_rest_is_clipped() -> None:
    deep = np.array([[[0], [100], [2100], [4100], [60000]]], dtype=np.uint16)
    assert to_uint8(deep, (100.0, 4100.0)).ravel().tolist() == [0, 0, 128, 255, 255]


def test_without_a_range_the_whole_range_of_the_type_counts() -> None:
    assert to_uint8(np.array([[[0], [32896], [65535]]], dtype=np.uint16), None).ravel().tolist() == [0, 128, 255]
    assert to_uint8(np.array([[[-32768], [32767]]], dtype=np.int16), None).ravel().tolist() == [0, 255]
    assert to_uint8(RGB, None) is RGB


def test_a_float_tiff_keeps_its_values(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0.25, 0.5]], dtype=np.float32)).save(tmp_path / "a.tif")
    pixels = decode_image((tmp_path / "a.tif").read_bytes())
    assert to_uint8(pixels, (0.0, 1.0)).ravel().tolist() == [64, 128]


def test_an_image_is_read_by_itself_from_a_file_or_its_bytes(tmp_path: Path) -> None:
    content = encoded(Image.fromarray(RGB), "PNG")
    (tmp_path / "a.png").write_bytes(content)
    assert np.array_equal(read_image(tmp_path / "a.png", 3), RGB)
    assert read_image(content, 1)[0, 0].tolist() == [76]
    deep = cv2.imencode(".png", np.array([[0, 4095]], dtype=np.uint16))[1].tobytes()
    assert read_image(deep, 1, (0.0, 4095.0)).ravel().tolist() == [0, 255]


def test_an_image_that_does_not_suit_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImageError, match=r"^the image has 3 channels, not 4"):
        read_image(encoded(Image.fromarray(RGB), "PNG"), 4)
    Image.fromarray(np.array([[0.25]], dtype=np.float32)).save(tmp_path / "a.tif")
    with pytest.raises(UnreadableImageError, match=r"a\.tif: the image holds floating-point values"):
        read_image(tmp_path / "a.tif", 1)
    with pytest.raises(FileNotFoundError, match=r"b\.tif"):
        read_image(tmp_path / "b.tif", 1)
