"""Class weights: given by the user, or from the pixels of each class in the training masks."""

import math
from collections.abc import Sequence
from typing import Any


def auto_class_weights(class_pixels: Sequence[int]) -> list[float]:
    """Weigh each class by the inverse square root of its number of pixels.

    The root tames what the plain inverse does to a class of a few pixels: 10,000 times rarer weighs 100 times more.

    Args:
        class_pixels: Training pixels of each class, in the order of the class index; multilabel: the positive ones.
    Returns:
        One weight per class, of mean 1 over the classes that occur; a class that does not occur gets 1.
    Source: the square-root frequency of Mahajan et al., ECCV 2018, section 2.
    """
    roots = [1 / math.sqrt(pixels) for pixels in class_pixels if pixels > 0]
    mean = sum(roots) / max(len(roots), 1)
    return [1 / math.sqrt(pixels) / mean if pixels > 0 else 1.0 for pixels in class_pixels]


def class_weights_of(setting: Any, class_pixels: Sequence[int]) -> list[float] | None:
    """Return the weights that `loss.class_weights` stands for: none, counted, or as given.

    Args:
        setting: None, "auto" or a list with one number per class; `check_loss` has refused everything else.
        class_pixels: Training pixels of each class, in the order of the class index.
    """
    if setting is None:
        return None
    return auto_class_weights(class_pixels) if setting == "auto" else [float(weight) for weight in setting]
