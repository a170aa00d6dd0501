import io
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from segsweep.core.task import IGNORE
from segsweep.data.images import UnreadableImageError
from segsweep.data.masks import RawMask, TruthTable, count_values, decode_mask, unpack


def encoded(pixels: Any, mode: str | None = None, palette: list[int] | None = None) -> bytes:
    image = Image.fromarray(np.asarray(pixels))
    image = image if mode is None else image.convert(mode)
    if palette:
        image = Image.fromarray(np.asarray(pixels), "P")
        image.putpalette(palette)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def test_gray_values_are_taken_as_they_are() -> None:
    mask = decode_mask(encoded(np.array([[0, 7]], dtype=np.uint8)))
    assert (mask.coding, mask.values.tolist()) == ("gray", [[0, 7]])


def test_a_palette_file_gives_its_index_not_its_color() -> None:
    mask = decode_mask(encoded(np.array([[0, 2]], dtype=np.uint8), palette=[0, 0, 0, 9, 9, 9, 200, 100, 50]))
    assert (mask.coding, mask.values.tolist()) == ("index", [[0, 2]])


def test_a_one_bit_file_gives_0_and_1() -> None:
    assert decode_mask(encoded(np.array([[0, 255]], dtype=np.uint8), "1")).values.tolist() == [[0, 1]]


def test_sixteen_bit_indices_are_kept() -> None:
    content = cv2.imencode(".png", np.array([[0, 300]], dtype=np.uint16))[1].tobytes()
    assert count_values(decode_mask(content)) == {0: 1, 300: 1}


def test_colors_are_packed_and_alpha_is_dropped() -> None:
    mask = decode_mask(encoded(np.array([[[255, 0, 7, 128], [255, 0, 7, 0]]], dtype=np.uint8)))
    assert mask.coding == "color"
    assert count_values(mask) == {0xFF0007: 2}
    assert unpack(0xFF0007) == (255, 0, 7)


def test_a_mask_of_fractions_is_refused() -> None:
    buffer = io.BytesIO()
    Image.fromarray(np.array([[0.5]], dtype=np.float32)).save(buffer, "TIFF")
    with pytest.raises(UnreadableImageError, match="floating-point"):
        decode_mask(buffer.getvalue())


def test_the_table_maps_values_colors_and_the_rest_to_ignored() -> None:
    table = TruthTable({"index": {0: 0}, "gray": {0: 0, 255: 1}, "color": {0x000000: 0, 0xFF0000: 1}})
    gray = RawMask("gray", np.array([[0, 255, 3]], dtype=np.uint8))
    color = RawMask("color", np.array([[0xFF0000, 0, 0xFFFFFF]], dtype=np.int32))
    assert table.truth(gray).tolist() == [[0, 1, IGNORE]]
    assert table.truth(color).tolist() == [[1, 0, IGNORE]]
    assert table.unknown("color", {0xFF0000: 5, 0xFFFFFF: 1}) == [0xFFFFFF]
