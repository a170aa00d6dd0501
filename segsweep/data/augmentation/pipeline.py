"""What happens to an image and its truth between the file and the batch."""

import random
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from jaxtyping import UInt8

from segsweep.data.augmentation import errors
from segsweep.data.sizes import EvalSize, eval_size_px
from segsweep.data.spec import ResolutionConfig

_INTERPOLATION = {
    "nearest": cv2.INTER_NEAREST_EXACT,
    "linear": cv2.INTER_LINEAR,
    "cubic": cv2.INTER_CUBIC,
    "area": cv2.INTER_AREA,
    "lanczos": cv2.INTER_LANCZOS4,
}
_CV2_CHANNELS = 4


def resize_image(
    image: UInt8[np.ndarray, "h w c"], size_px: tuple[int, int], interpolation: str
) -> UInt8[np.ndarray, "h2 w2 c"]:
    """Resize an image to (height, width)."""
    if image.shape[:2] == size_px:
        return image
    method = _INTERPOLATION[interpolation]
    # OpenCV resizes up to 4 channels with every interpolation; more go in slices.
    slices = [image[..., start : start + _CV2_CHANNELS] for start in range(0, image.shape[2], _CV2_CHANNELS)]
    resized = [cv2.resize(np.ascontiguousarray(part), size_px[::-1], interpolation=method) for part in slices]
    return np.concatenate([part if part.ndim == 3 else part[..., None] for part in resized], axis=2)


def resize_truth(truth: UInt8[np.ndarray, "h w *k"], size_px: tuple[int, int]) -> UInt8[np.ndarray, "h2 w2 *k"]:
    """Resize a truth to (height, width): each pixel takes the value nearest to its center."""
    if truth.shape[:2] == size_px:
        return truth
    rows, columns = (
        ((np.arange(new) + 0.5) * old / new).astype(np.intp) for new, old in zip(size_px, truth.shape[:2], strict=True)
    )
    return np.asarray(truth[rows][:, columns])


def pad_reflect(image: UInt8[np.ndarray, "h w c"], size_px: tuple[int, int]) -> UInt8[np.ndarray, "h2 w2 c"]:
    """Pad an image to (height, width) at the right and the bottom by reflection."""
    bottom, right = (new - old for new, old in zip(size_px, image.shape[:2], strict=True))
    return np.pad(image, ((0, bottom), (0, right), (0, 0)), mode="symmetric") if bottom or right else image


@dataclass(frozen=True)
class EvalTransform:
    """Brings an image to the size that the network sees in evaluation; a truth has no part in it."""

    size: EvalSize
    interpolation: str

    @staticmethod
    def of(resolution: ResolutionConfig, size_multiple: int) -> "EvalTransform":
        """Read the settings.

        Args:
            resolution: Its `eval_size` is what the network sees.
            size_multiple: Height and width that the network takes are multiples of it.
        """
        return EvalTransform(EvalSize(eval_size_px(resolution), size_multiple), resolution.interpolation)

    def __call__(self, image: UInt8[np.ndarray, "h w c"]) -> tuple[UInt8[np.ndarray, "h2 w2 c"], tuple[int, int]]:
        """Return the network's input, and height and width of its part, from the top left, that is no padding."""
        content_px = self.size.content_px((image.shape[0], image.shape[1]))
        resized = resize_image(image, content_px, self.interpolation)
        return pad_reflect(resized, self.size.padded_px(content_px)), content_px


class TrainPipeline:
    """Resizes to the training size, then augments image and truth together."""

    def __init__(self, transforms: list[Any], resolution: ResolutionConfig) -> None:
        self.transforms = transforms
        self.size_px = (resolution.height, resolution.width)
        self.interpolation = resolution.interpolation

    def __call__(
        self, image: UInt8[np.ndarray, "h w c"], truth: UInt8[np.ndarray, "h w *k"], *, seed: tuple[int, int, int]
    ) -> tuple[UInt8[np.ndarray, "h2 w2 c"], UInt8[np.ndarray, "h2 w2 *k"]]:
        """Return the augmented image and truth; the seed alone decides what is drawn.

        Raises:
            ConfigError: If the transforms do not keep the training size, the channels or the type.
        """
        data = {
            "image": resize_image(image, self.size_px, self.interpolation),
            "mask": resize_truth(truth, self.size_px),
        }
        self._seed(seed)
        for transform in self.transforms:
            data = transform(**data)
        return self._checked(data["image"], image.shape[2]), self._checked(data["mask"], *truth.shape[2:])

    def _seed(self, seed: tuple[int, int, int]) -> None:
        # One generator for all: set_random_seed would give every transform the same numbers, so that of two flips
        # with p=0.5 always both or none happen.
        generator = np.random.default_rng(seed)
        plain = random.Random(int(generator.integers(2**63)))
        for transform in self.transforms:
            transform.set_random_state(generator, plain)

    def _checked(self, pixels: Any, *channels: int) -> UInt8[np.ndarray, "h w *c"]:
        if channels and pixels.ndim == 2:
            pixels = pixels[..., None]
        if pixels.shape != (*self.size_px, *channels) or pixels.dtype != np.uint8:
            accepted = "x".join(str(part) for part in (*self.size_px, *channels)) + " uint8"
            raise errors.wrong_output("x".join(str(part) for part in pixels.shape) + f" {pixels.dtype}", accepted)
        return np.ascontiguousarray(pixels)
