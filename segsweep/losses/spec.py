"""Schema of `conf/loss`: a weighted sum of named terms; a term of weight 0 is not computed."""

import math
from dataclasses import dataclass
from typing import Any

from omegaconf import MISSING

from segsweep.config.declare import FRACTION, FRACTION_BELOW_ONE, FROM_ZERO, POSITIVE, number
from segsweep.core.task import TaskKind
from segsweep.losses import errors


@dataclass
class LossTermConfig:
    """What every term has."""

    weight: float = number(FROM_ZERO)
    """Factor of the term in the sum; 0 leaves it out."""


@dataclass
class CrossEntropyConfig(LossTermConfig):
    """Cross-entropy: over the softmax of all classes, or over the sigmoid of each channel for binary and multilabel."""

    label_smoothing: float = number(FRACTION_BELOW_ONE)
    """Share of the truth that is spread evenly over all classes, 0 to 1."""


@dataclass
class BCEConfig(LossTermConfig):
    """Binary cross-entropy of each channel; binary and multilabel only."""

    label_smoothing: float = number(FRACTION_BELOW_ONE)
    """How far the truths 0 and 1 are moved towards 0.5: 0.1 makes them 0.05 and 0.95."""


@dataclass
class FocalConfig(LossTermConfig):
    """Focal loss. Lin, Goyal, Girshick, He, Dollar, ICCV 2017."""

    gamma: float = number(FROM_ZERO)
    """Focusing exponent; 0 is cross-entropy."""
    alpha: float | None = number(FRACTION)
    """Weight of positive pixels, 1 - alpha that of negative ones; null: both 1."""


@dataclass
class OverlapConfig(LossTermConfig):
    """Dice or Jaccard loss, from soft counts over the batch."""

    smooth: float = number(FROM_ZERO)
    """Number added to numerator and denominator."""


@dataclass
class TverskyConfig(OverlapConfig):
    """Tversky loss. Salehi, Erdogmus, Gholipour, MLMI 2017; with gamma, Abraham, Khan, ISBI 2019."""

    alpha: float = number(FROM_ZERO)
    """Weight of false positives."""
    beta: float = number(FROM_ZERO)
    """Weight of false negatives."""
    gamma: float = number(POSITIVE)
    """Exponent of the whole term; 1 is plain Tversky."""


@dataclass
class LossConfig:
    """The terms. `loss.focal.weight=0.5` adds one to the sum."""

    cross_entropy: CrossEntropyConfig = MISSING
    bce: BCEConfig = MISSING
    focal: FocalConfig = MISSING
    dice: OverlapConfig = MISSING
    jaccard: OverlapConfig = MISSING
    tversky: TverskyConfig = MISSING
    lovasz: LossTermConfig = MISSING
    mcc: LossTermConfig = MISSING
    class_weights: Any = MISSING
    """null: all equal; auto: from the training masks; or a list with one number per class."""


TERMS: tuple[str, ...] = ("cross_entropy", "bce", "focal", "dice", "jaccard", "tversky", "lovasz", "mcc")


def active_terms(loss: LossConfig) -> dict[str, LossTermConfig]:
    """Return the terms whose weight is not 0, by name."""
    terms = {name: getattr(loss, name) for name in TERMS}
    return {name: term for name, term in terms.items() if term.weight != 0}


SIGMOID_TERMS = ("bce", "mcc")
"""Terms over channels that do not exclude each other; not for multiclass."""


def check_loss(loss: LossConfig, task_kind: TaskKind | None, num_classes: int | None) -> None:
    """Check the terms of a loss against the task.

    Args:
        loss: The terms.
        task_kind: Kind of task; None where it is not known yet.
        num_classes: Number of classes; None where it is not known yet.
    Raises:
        ConfigError: If no term is active, a term does not fit the task, or class weights do not fit.
    """
    terms = active_terms(loss)
    if not terms:
        raise errors.no_term()
    for name in SIGMOID_TERMS:
        if name in terms and task_kind == "multiclass":
            raise errors.sigmoid_term(name)
    if "focal" in terms and loss.focal.alpha is not None and task_kind == "multiclass":
        raise errors.focal_alpha(loss.focal.alpha)
    _check_class_weights(loss, num_classes)


def _check_class_weights(loss: LossConfig, num_classes: int | None) -> None:
    weights = loss.class_weights
    if weights is None or weights == "auto":
        return
    numbers = isinstance(weights, list) and all(isinstance(w, int | float) and math.isfinite(w) for w in weights)
    if not numbers or not weights or min(weights) < 0 or max(weights) <= 0:
        raise errors.class_weights_form(weights)
    if num_classes is not None and len(weights) != num_classes:
        raise errors.class_weights_length(len(weights), num_classes)
