"""What `resolution.eval_size` means for an image."""

import re
from dataclasses import dataclass

from segsweep.data.errors import bad_eval_size
from segsweep.data.spec import ResolutionConfig


def eval_size_px(resolution: ResolutionConfig) -> tuple[int, int] | None:
    """Return height and width of the network's input in validation and test, px; None for native.

    Raises:
        ConfigError: If `resolution.eval_size` is neither same, native nor HEIGHTxWIDTH.
    """
    if resolution.eval_size == "same":
        return resolution.height, resolution.width
    if resolution.eval_size == "native":
        return None
    written = re.fullmatch(r"([1-9]\d*)x([1-9]\d*)", resolution.eval_size)
    if not written:
        raise bad_eval_size(resolution.eval_size)
    return int(written[1]), int(written[2])


@dataclass(frozen=True)
class EvalSize:
    """Size of the network's input in evaluation."""

    fixed_px: tuple[int, int] | None
    """Height and width of every input; None: as stored."""
    multiple: int
    """Stored sizes are padded to multiples of it."""

    def content_px(self, stored_px: tuple[int, int]) -> tuple[int, int]:
        """Return the size that an image is resized to."""
        return self.fixed_px or stored_px

    def padded_px(self, content_px: tuple[int, int]) -> tuple[int, int]:
        """Return the size of the input, padding included."""
        if self.fixed_px is not None:
            return self.fixed_px
        height, width = (-(-side // self.multiple) * self.multiple for side in content_px)
        return height, width
