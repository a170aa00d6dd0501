"""Sentences about losses."""

from collections.abc import Sequence
from typing import Any

from segsweep.core.errors import ConfigError


def no_term() -> ConfigError:
    """Every weight is 0."""
    return ConfigError(
        "The loss has no term: every loss.TERM.weight is 0. Choose a ready-made sum, such as loss=ce_dice, "
        "or raise a weight, such as loss.dice.weight=1. All: python -m segsweep.inspect losses"
    )


def wrong_task(name: str, accepted: Sequence[str], found: str) -> ConfigError:
    """A term on classes that it is not defined for."""
    given = f"{found}: its classes exclude each other" if found == "multiclass" else found
    fix = "loss=ce_dice" if found == "multiclass" else "loss=bce_dice"
    return ConfigError(
        f"loss.{name} is for {' and '.join(accepted)} tasks, and this one is {given}. "
        f"Type {fix}, or loss.{name}.weight=0 loss.cross_entropy.weight=1"
    )


def focal_alpha(found: int | float) -> ConfigError:
    """Alpha weighs positive against negative pixels, which a softmax does not have."""
    return ConfigError(
        f"loss.focal.alpha={found:g} weighs positive against negative pixels and is for binary and multilabel tasks; "
        f"this one is multiclass. Type loss.focal.alpha=null, and weigh the classes with loss.class_weights=auto"
    )


def class_weights_form(found: Any) -> ConfigError:
    """Class weights that are no list of numbers."""
    return ConfigError(
        f"loss.class_weights={found} cannot be used. It may be null, auto (from the training masks), or a list with "
        f"one number of 0 or more per class and at least one above 0, such as 'loss.class_weights=[0.5,1,2]'"
    )


def class_weights_length(found: int, num_classes: int) -> ConfigError:
    """One weight per class is wanted."""
    return ConfigError(
        f"loss.class_weights has {found} numbers, and data has {num_classes} classes. Give one number per class, "
        f"or type loss.class_weights=auto"
    )


def focal_gamma(gamma: float) -> ConfigError:
    """Answer a focusing exponent whose gradient is infinite at a pixel that is certainly right."""
    return ConfigError(
        f"loss.focal.gamma={gamma:g} is below 1, where the gradient of a pixel that is certainly right is infinite. "
        "It may be 0 (plain cross-entropy), or 1 and more. Type loss.focal.gamma=2"
    )


def class_weights_unread(terms: Sequence[str], kind: str) -> ConfigError:
    """Answer class weights that no term of the loss would read."""
    return ConfigError(
        f"loss.class_weights would change nothing: for a {kind} task {' and '.join(terms)} does not read it. "
        "Type loss.class_weights=null, or add a term that reads it: loss.cross_entropy.weight=1"
    )
