"""What `resolution.eval_size` means for an image."""

import re
from dataclasses import dataclass

from segsweep.data.errors import bad_eval_size
from segsweep.data.spec import ResolutionConfig


@dataclass(frozen=True)
class EvalSize:
    """Size of the network's input in evaluation."""

    fixed_px: tuple[int, int] | None
    """Height and width of every input; None: as stored."""
    multiple: int
    """Stored sizes are padded to multiples of it."""

    @staticmethod
    def parse(resolution: ResolutionConfig, multiple: int) -> "EvalSize":
        """Read the setting.

        Raises:
            ConfigError: If it is not same, native or HEIGHTxWIDTH.
        """
        if resolution.eval_size == "same":
            return EvalSize((resolution.height, resolution.width), multiple)
        if resolution.eval_size == "native":
            return EvalSize(None, multiple)
        written = re.fullmatch(r"([1-9]\d*)x([1-9]\d*)", resolution.eval_size)
        if not written:
            raise bad_eval_size(resolution.eval_size)
        return EvalSize((int(written[1]), int(written[2])), multiple)

    def content_px(self, stored_px: tuple[int, int]) -> tuple[int, int]:
        """Return the size that an image is resized to."""
        return self.fixed_px or stored_px

    def padded_px(self, content_px: tuple[int, int]) -> tuple[int, int]:
        """Return the size of the input, padding included."""
        if self.fixed_px is not None:
            return self.fixed_px
        height, width = (-(-side // self.multiple) * self.multiple for side in content_px)
        return height, width
