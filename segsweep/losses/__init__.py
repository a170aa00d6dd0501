"""The loss of a run: a weighted sum of named terms."""

from segsweep.losses.build import LOSSES, LossSum, build_loss
from segsweep.losses.class_weights import auto_class_weights

__all__ = ["LOSSES", "LossSum", "auto_class_weights", "build_loss"]
