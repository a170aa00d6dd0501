"""Class weights: given by the user, or from the pixels of each class in the training masks."""

import math
from collections.abc import Sequence
from typing import Any

from segsweep.core.task import Task
from segsweep.losses.errors import class_weights_form, class_weights_length


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


def resolve_class_weights(setting: Any, counted: Sequence[float] | None, task: Task) -> list[float] | None:
    """Return the weights that `loss.class_weights` asks for.

    Args:
        setting: None, "auto" or a list with one number per class.
        counted: The weights that "auto" stands for.
        task: The classes.
    Raises:
        ConfigError: If the setting has another form or length.
        ValueError: If the setting is "auto" and nothing was counted.
    """
    if setting is None:
        return None
    if setting == "auto":
        if counted is None:
            raise ValueError("loss.class_weights=auto needs the weights that auto_class_weights returns")
        return list(counted)
    if not isinstance(setting, list) or not all(_can_weigh(weight) for weight in setting) or not any(setting):
        raise class_weights_form(setting)
    if len(setting) != len(task.class_names):
        raise class_weights_length(len(setting), len(task.class_names))
    return [float(weight) for weight in setting]


def _can_weigh(weight: object) -> bool:
    is_number = isinstance(weight, int | float) and not isinstance(weight, bool)
    return is_number and 0 <= float(weight) < math.inf  # type: ignore[arg-type]
