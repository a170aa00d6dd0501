"""Sentences about losses and the monitored metric."""

from typing import Any

from segsweep.errors.base import ConfigError


def no_term() -> ConfigError:
    """Every weight is 0."""
    return ConfigError(
        "The loss has no term: every loss.TERM.weight is 0. Choose a ready-made sum, such as loss=ce_dice, "
        "or raise a weight, such as loss.dice.weight=1. All: python -m segsweep.inspect losses"
    )


def sigmoid_term(name: str) -> ConfigError:
    """A term over separate channels on exclusive classes."""
    return ConfigError(
        f"loss.{name} is for binary and multilabel tasks, and this one is multiclass: its classes exclude each other. "
        f"Type loss=ce_dice, or loss.{name}.weight=0 loss.cross_entropy.weight=1"
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


def monitor_form(found: str) -> ConfigError:
    """The best epoch is chosen on the validation split only."""
    return ConfigError(
        f"trainer.monitor={found} is not a metric of the validation split. It may be val/miou, val/dice, val/loss or "
        f"another val/NAME of history.csv. Type trainer.monitor=val/miou"
    )


def monitor_mode(monitor: str, found: str, wanted: str) -> ConfigError:
    """The worst epoch would be taken for the best."""
    return ConfigError(
        f"trainer.monitor={monitor} with trainer.monitor_mode={found} would keep the worst epoch. "
        f"Type trainer.monitor_mode={wanted}"
    )
