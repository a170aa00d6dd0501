"""The loss of a run: a weighted sum of the terms in one table, their settings, and what does not go together.

A term is a row of `LOSSES`: its settings, the function that builds it, and the tasks it is for. The settings of the
package have their values in conf/loss/base/terms.yaml, those of a plugin in their dataclass. A term of weight 0 is not
computed.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, make_dataclass
from functools import cache, partial
from typing import Any

from omegaconf import MISSING

from segsweep.config.declare import FRACTION, FRACTION_BELOW_ONE, FROM_ZERO, POSITIVE, number
from segsweep.core.registry import Table
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
    """Terms with their weights, such as `loss.focal.weight=0.5`, and the weights of classes."""

    class_weights: Any = MISSING
    """null: all equal; auto: from the training masks; or a list with one number per class."""


ALL: tuple[TaskKind, ...] = ("binary", "multiclass", "multilabel")
SIGMOID: tuple[TaskKind, ...] = ("binary", "multilabel")
MANY: tuple[TaskKind, ...] = ("multiclass", "multilabel")

NEGATIVE = "its channel is pushed down everywhere, like any negative"
NOTHING = "0, and nothing pushes its false positives down"


@dataclass(frozen=True)
class LossTerm:
    """A term of a loss."""

    name: str
    """Its key below `loss`."""
    settings: type[LossTermConfig]
    """Its options; a plugin gives each a default."""
    build: str
    """`module:function`, called as function(settings, task, class_weights) -> nn.Module, which is called as
    module(logits, truth) -> scalar with float32 logits [n, k, h, w] and uint8 truth, where 255 is unlabelled."""
    tasks: tuple[TaskKind, ...] = ALL
    """Kinds of task that it is defined for."""
    weighted_tasks: tuple[TaskKind, ...] = ()
    """Kinds of task for which it reads the class weights."""
    absent: str = "not stated"
    """What a class gives that no labelled pixel of the batch has."""
    source: str = "not stated"
    """The paper it comes from."""
    check: Callable[[Any, TaskKind | None], None] | None = None
    """Refuses settings with a ConfigError; the kind of task is None where it is not known yet."""


def _check_focal(focal: FocalConfig, kind: TaskKind | None) -> None:
    if 0 < focal.gamma < 1:
        raise errors.focal_gamma(focal.gamma)
    if kind == "multiclass" and focal.alpha is not None:
        raise errors.focal_alpha(focal.alpha)


_PIXELWISE, _OVERLAP = "segsweep.losses.pixelwise", "segsweep.losses.overlap"

LOSSES: Table[LossTerm] = Table(
    "a loss term",
    [
        LossTerm(
            "cross_entropy",
            CrossEntropyConfig,
            f"{_PIXELWISE}:build_cross_entropy",
            ALL,
            ALL,
            NEGATIVE,
            "torch cross_entropy; BCE per channel",
        ),
        LossTerm(
            "bce",
            BCEConfig,
            f"{_PIXELWISE}:build_bce",
            SIGMOID,
            SIGMOID,
            NEGATIVE,
            "torch binary_cross_entropy_with_logits",
        ),
        LossTerm(
            "focal",
            FocalConfig,
            f"{_PIXELWISE}:build_focal",
            ALL,
            ALL,
            NEGATIVE,
            "Lin et al., ICCV 2017",
            _check_focal,
        ),
        LossTerm(
            "dice",
            OverlapConfig,
            f"{_OVERLAP}:build_dice",
            ALL,
            MANY,
            NOTHING,
            "Milletari, Navab, Ahmadi, 3DV 2016",
        ),
        LossTerm("jaccard", OverlapConfig, f"{_OVERLAP}:build_jaccard", ALL, MANY, NOTHING, "Rahman, Wang, ISVC 2016"),
        LossTerm("tversky", TverskyConfig, f"{_OVERLAP}:build_tversky", ALL, MANY, NOTHING, "Salehi et al., MLMI 2017"),
        LossTerm(
            "lovasz",
            LossTermConfig,
            f"{_OVERLAP}:build_lovasz",
            ALL,
            (),
            "multiclass: left out of the mean; else the worst false positive alone is pushed down",
            "Berman, Triki, Blaschko, CVPR 2018",
        ),
        LossTerm(
            "mcc",
            LossTermConfig,
            f"{_OVERLAP}:build_mcc",
            SIGMOID,
            (),
            "0.5 when nothing is predicted, towards 1 with false positives, which are pushed down",
            "Abhishek, Hamarneh, ISBI 2021",
        ),
    ],
)


def loss_schema() -> type[LossConfig]:
    """Return the dataclass of a whole loss: one field per row of `LOSSES`, of weight 0, and the class weights last."""
    return _schema_of(tuple(LOSSES.values()))


@cache
def _schema_of(rows: tuple[LossTerm, ...]) -> type[LossConfig]:
    terms = [(row.name, row.settings, field(default_factory=partial(row.settings, weight=0.0))) for row in rows]
    bases = (LossConfig, make_dataclass("Terms", terms))
    return make_dataclass(
        "LossTerms", [], bases=bases, namespace={"__module__": __name__, "__doc__": LossConfig.__doc__}
    )


def __getattr__(name: str) -> Any:
    """Return the class of `loss_schema` as `LossTerms`, by which pickle finds it."""
    if name == "LossTerms":
        return loss_schema()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def active_terms(loss: LossConfig) -> dict[str, Any]:
    """Return the settings of the terms whose weight is not 0, by name."""
    terms = {name: getattr(loss, name) for name in LOSSES}
    return {name: term for name, term in terms.items() if term.weight != 0}


def check_loss(loss: LossConfig, kind: TaskKind | None = None, num_classes: int | None = None) -> None:
    """Check the terms and the class weights, as far as the task is known.

    Args:
        loss: The terms.
        kind: Kind of task; None where it is not known yet.
        num_classes: Number of classes; None where it is not known yet.
    Raises:
        ConfigError: If no term is active, a term does not fit the task, or class weights do not fit or are not read.
    """
    terms = active_terms(loss)
    if not terms:
        raise errors.no_term()
    for name, term in terms.items():
        row = LOSSES[name]
        if kind is not None and kind not in row.tasks:
            raise errors.wrong_task(name, row.tasks, kind)
        if row.check is not None:
            row.check(term, kind)
    _check_class_weights(loss.class_weights, num_classes)
    is_read = any(kind in LOSSES[name].weighted_tasks for name in terms)
    if loss.class_weights is not None and kind is not None and not is_read:
        raise errors.class_weights_unread(list(terms), kind)


def _check_class_weights(weights: Any, num_classes: int | None) -> None:
    if weights is None or weights == "auto":
        return
    if not isinstance(weights, list) or not all(_can_weigh(weight) for weight in weights) or not any(weights):
        raise errors.class_weights_form(weights)
    if num_classes is not None and len(weights) != num_classes:
        raise errors.class_weights_length(len(weights), num_classes)


def _can_weigh(weight: object) -> bool:
    return isinstance(weight, int | float) and not isinstance(weight, bool) and 0 <= weight < math.inf
