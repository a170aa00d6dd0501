"""Schema of `conf/loss`: a weighted sum of named terms; a term of weight 0 is not computed."""

from dataclasses import dataclass
from typing import Any

from omegaconf import MISSING


@dataclass
class LossTermConfig:
    """What every term has."""

    weight: float = MISSING
    """Factor of the term in the sum; 0 leaves it out."""


@dataclass
class CrossEntropyConfig(LossTermConfig):
    """Cross-entropy: over the softmax of all classes, or over the sigmoid of each channel for binary and multilabel."""

    label_smoothing: float = MISSING
    """Share of the truth that is spread evenly over all classes, 0 to 1."""


@dataclass
class BCEConfig(LossTermConfig):
    """Binary cross-entropy of each channel; binary and multilabel only."""

    label_smoothing: float = MISSING
    """How far the truths 0 and 1 are moved towards 0.5: 0.1 makes them 0.05 and 0.95."""


@dataclass
class FocalConfig(LossTermConfig):
    """Focal loss. Lin, Goyal, Girshick, He, Dollar, ICCV 2017."""

    gamma: float = MISSING
    """Focusing exponent; 0 is cross-entropy."""
    alpha: float | None = MISSING
    """Weight of positive pixels, 1 - alpha that of negative ones; null: both 1."""


@dataclass
class OverlapConfig(LossTermConfig):
    """Dice or Jaccard loss, from soft counts over the batch."""

    smooth: float = MISSING
    """Number added to numerator and denominator."""


@dataclass
class TverskyConfig(OverlapConfig):
    """Tversky loss. Salehi, Erdogmus, Gholipour, MLMI 2017; with gamma, Abraham, Khan, ISBI 2019."""

    alpha: float = MISSING
    """Weight of false positives."""
    beta: float = MISSING
    """Weight of false negatives."""
    gamma: float = MISSING
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
