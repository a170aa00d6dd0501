"""Colors of classes, errors and series, and what stands for unlabelled pixels."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import UInt8

Colors = UInt8[np.ndarray, "c 3"]

SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#6b4fb3", "#4b5563")
"""Of curves, bars and points, in order: six of Okabe and Ito (Color Universal Design, 2008), a violet and a gray."""
BEST = "#0b6e4f"
"""What is better than all others."""
GRAY, PALE, GRID = "#6b7280", "#9ca3af", "#e5e7eb"
"""Of remarks; of what is only a background to compare with; of the lines of a grid."""

_GENERATED = bytes.fromhex(
    "4b5563 e69f00 0072b2 cc79a7 009e73 56b4e9 d55e00 5affa5 6900ff 960000 e1d2ff 690087 8778ff 001ec3 f0e100 87c387 "
    "c31e96 875a2d ff4b69 f000d2 c3b4c3 692d3c ffc369 d20000 96e1c3 ff78e1 a50f5a 3c4bb4 a55a69 ff9669 4b87d2 4b69f0"
)
"""RGB: a slate gray, six colors of Okabe and Ito (Color Universal Design, 2008), then each the farthest from all
before it, in OKLab, as seen with full color vision, protanopia or deuteranopia (Machado et al., 2009)."""

RIGHT, EXTRA, MISSED, BOTH = (0, 158, 115), (213, 94, 0), (86, 180, 233), (204, 121, 167)
"""True positives, false positives, false negatives, and pixels with a false one of either kind; of Okabe and Ito."""
WRONG = EXTRA
"""Another class than the true one."""
STRIPES = (255, 255, 255), (170, 170, 170)
"""Unlabelled pixels are striped: no class has two colors."""


def class_colors(num_classes: int, palette: Sequence[Sequence[int]] | None = None) -> Colors:
    """Return an RGB color for each class; a class keeps its color however many others there are.

    Args:
        num_classes: Number of classes.
        palette: The data set's own colors in the order of the classes; generated ones where it is None or too short.
    """
    own = [] if palette is None else list(palette)[:num_classes]
    generated = [_generated(index) for index in range(len(own), num_classes)]
    return np.array([*own, *generated], dtype=np.uint8).reshape(-1, 3)


def _generated(index: int) -> tuple[int, int, int]:
    """Take a color from the table; each further round is darker."""
    around, place = divmod(index, len(_GENERATED) // 3)
    red, green, blue = (int(part * 0.82**around) for part in _GENERATED[3 * place : 3 * place + 3])
    return red, green, blue


def stripes(height: int, width: int) -> UInt8[np.ndarray, "h w 3"]:
    """Return diagonal stripes, 4 px wide."""
    odd = (np.arange(height)[:, None] + np.arange(width)) // 4 % 2
    return np.asarray(np.array(STRIPES, dtype=np.uint8)[odd])


def as_hex(color: Sequence[int] | UInt8[np.ndarray, "3"]) -> str:
    """Write a color as matplotlib takes it."""
    return "#" + bytes(int(part) for part in color).hex()
