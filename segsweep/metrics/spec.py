"""Every metric as a row: what it is, how it is computed, over what it is averaged, what an absent class gives.

A score of each class from its pixel counts is a row alone: a ratio, or a function. The evaluation, the metrics that
`trainer.monitor` takes, per_image.csv, the table of `python -m segsweep.inspect metrics` and the report follow from it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from omegaconf import MISSING

from segsweep.config.declare import COUNT, number
from segsweep.core.errors import ConfigError, near_hint, nearest
from segsweep.core.registry import Table
from segsweep.core.task import Task

POOLED = "pixels added up over all images, then the mean over classes"
PER_IMAGE = "each image on its own, mean over its classes, then over images"
ABSENT = "in neither: no value, left out; in one only: 0"
COUNTED = "size of the truth; after the decision"

Parts = tuple[int, int, int, int]
"""How often the pixels of tp, fp, fn and tn count."""


@dataclass(frozen=True)
class Overall:
    """A score of all classes together that is not the mean of their scores."""

    build: str
    """`module:function`, called as function(outcomes, exclusive=...) -> Tensor, one number per image or one for all."""
    formula: str
    """How it is computed."""
    absent: str
    """What an absent class gives in it."""
    absent_in_image: str
    """The same, image by image."""
    source: str
    """The paper it comes from."""


@dataclass(frozen=True)
class Metric:
    """A metric; `ratio`, `per_class`, `of_images` or `boundary` says how it is computed, the loss has none of them."""

    name: str
    """Of one class: `val/NAME/CLASS`."""
    formula: str
    """How it is computed, for people."""
    source: str = "not stated"
    """The paper it comes from."""
    absent: str = ABSENT
    """What a class gives that the truth, the prediction or both do not hold."""
    averaged: str = POOLED
    """What is added up, what is averaged, in which order."""
    counted: str = COUNTED
    """Resolution and threshold."""
    splits: str = "val, test"
    """On which splits it is given."""
    ratio: tuple[Parts, Parts] | None = None
    """Numerator and denominator, of the counts of a class."""
    per_class: str = ""
    """In place of a ratio: `module:function`, called as function(outcomes) -> Tensor of the shape of outcomes.tp."""
    overall: Overall | None = None
    """What stands for the mean over the classes."""
    of_images: str = ""
    """`module:function`, called as function(outcomes of each image and class, [n c]) -> float."""
    boundary: bool = False
    """Whether `segsweep.metrics.boundary` measures it along outlines, image by image."""
    mean_name: str = ""
    """Name of the mean over the classes: `val/NAME`; empty: as one class."""
    aliases: tuple[str, ...] = ()
    """Other names under which it is given too."""
    title: str = ""
    """How it is written in text; empty: as its name."""
    lower_is_better: bool = False
    """Whether less of it is better."""
    in_image_file: bool = False
    """Whether per_image.csv has it; of boundary metrics it always has."""

    @property
    def is_counted(self) -> bool:
        """Whether it is a score of each class from its pixel counts."""
        return bool(self.ratio or self.per_class)

    @property
    def means(self) -> tuple[str, ...]:
        """Names of the mean over classes."""
        return (self.mean_name or self.name, *self.aliases)

    @property
    def of_class(self) -> tuple[str, ...]:
        """Names of the score of one class, without the class."""
        return (self.name, *self.aliases)


METRICS: Table[Metric] = Table(
    "a metric",
    [
        Metric(
            "iou",
            "tp / (tp + fp + fn)",
            "Everingham et al., IJCV 2015; pooled as in Long, Shelhamer, Darrell, CVPR 2015",
            ratio=((1, 0, 0, 0), (1, 1, 1, 0)),
            mean_name="miou",
            title="IoU",
            in_image_file=True,
        ),
        Metric(
            "dice",
            "2 tp / (2 tp + fp + fn); Dice and F1 are one number",
            "Dice, Ecology 1945",
            ratio=((2, 0, 0, 0), (2, 1, 1, 0)),
            aliases=("f1",),
            title="Dice",
            in_image_file=True,
        ),
        Metric("precision", "tp / (tp + fp)", "Powers, Evaluation, 2011", ratio=((1, 0, 0, 0), (1, 1, 0, 0))),
        Metric("recall", "tp / (tp + fn)", "Powers, Evaluation, 2011", ratio=((1, 0, 0, 0), (1, 0, 1, 0))),
        Metric(
            "accuracy",
            "(tp + tn) / (tp + fp + fn + tn)",
            "Powers, Evaluation, 2011",
            absent="in neither: no value",
            averaged="pixels added up over all images",
            ratio=((1, 0, 0, 1), (1, 1, 1, 1)),
            overall=Overall(
                "segsweep.metrics.scores:accuracy",
                "right pixels / labelled pixels; binary and multilabel: over all channels",
                "makes no difference; without any labelled pixel: no value",
                "makes no difference; an image without labelled pixels counts for nothing",
                "Long, Shelhamer, Darrell, CVPR 2015",
            ),
        ),
        Metric(
            "competition_dice",
            "(2 tp + 0.0001) / (2 tp + fp + fn + 0.0001)",
            "hand-bone X-ray segmentation competition",
            absent="in neither: 1; in one only: about 0",
            averaged="each image and class on its own, mean over images, then over classes",
            of_images="segsweep.metrics.scores:competition_dice",
        ),
        Metric(
            "hd95",
            "95 % of each outline lies within this distance of the other, px",
            "Nikolov et al., J Med Internet Res 2021; Huttenlocher et al., PAMI 1993",
            absent="in neither: no value, left out; in one only: the diagonal of the image",
            averaged=PER_IMAGE,
            splits="test, metrics=boundary",
            boundary=True,
            title="HD95",
            lower_is_better=True,
        ),
        Metric(
            "surface_dice",
            "share of both outlines that lies within metrics.boundary_tolerance_px of the other",
            "Nikolov et al., J Med Internet Res 2021",
            averaged=PER_IMAGE,
            splits="test, metrics=boundary",
            boundary=True,
        ),
        Metric(
            "boundary_iou",
            "IoU of the two bands of mask within metrics.boundary_tolerance_px of the mask's edge",
            "Cheng, Girshick, Dollar, Berg, Kirillov, CVPR 2021",
            averaged=PER_IMAGE,
            splits="test, metrics=boundary",
            boundary=True,
        ),
        Metric(
            "loss",
            "loss=NAME; see python -m segsweep.inspect losses",
            "see python -m segsweep.inspect losses",
            absent="see python -m segsweep.inspect losses",
            averaged="mean over images (train: over batches)",
            counted="size of the truth (train: training size); before the decision",
            splits="train, val, test",
            lower_is_better=True,
        ),
    ],
)


def counted_metrics() -> list[Metric]:
    """Return the metrics that are scores of each class from its pixel counts."""
    return [row for row in METRICS.values() if row.is_counted]


def lower_is_better() -> tuple[str, ...]:
    """Return the names of the metrics of which less is better."""
    return tuple(name for row in METRICS.values() if row.lower_is_better for name in row.means)


def metric_of(name: str) -> Metric | None:
    """Return the row that gives a metric, such as val/miou, test/image/hd95/nail or dice; None if there is none."""
    parts = [part for part in re.sub(r"^(train|val|test)/", "", name).split("/") if part != "image"]
    return next((row for row in METRICS.values() if parts and parts[0] in {*row.means, *row.of_class}), None)


def metrics_of_validation(class_names: Sequence[str]) -> Iterator[str]:
    """Yield the metrics that every validation gives of the scored classes."""
    yield "val/loss"
    for row in counted_metrics():
        yield from (f"val/{name}" for name in row.means)
    for row in counted_metrics():
        yield from (f"val/{name}/{of}" for name in row.of_class for of in class_names)
    for row in counted_metrics():
        yield from (f"val/image/{name}" for name in row.means)
    yield from (f"val/{row.name}" for row in METRICS.values() if row.of_images)


@dataclass
class MetricsConfig:
    """What is measured beyond the scores that every run has."""

    boundary: bool = MISSING
    """Compare the boundaries of the tested split too: HD95, surface Dice, boundary IoU. Slow on large images."""
    boundary_tolerance_px: int = number(COUNT)
    """Distance up to which boundaries agree for the surface Dice, and width of the band of the boundary IoU, px."""


def check_monitor(monitor: str, mode: str, task: Task | None = None) -> None:
    """Check the metric that chooses the best epoch, as far as the task is known.

    Raises:
        ConfigError: If it is not one of the validation, or the direction would keep the worst epoch.
    """
    if not re.fullmatch(r"val/\S+", monitor):
        why = "The test images choose nothing, so that they can tell how good the chosen is. "
        raise ConfigError(
            f"trainer.monitor={monitor} is not a metric of the validation split. "
            f"{why if monitor.startswith('test/') else ''}It may be val/miou, val/dice, "
            "val/loss or another val/NAME of history.csv. Type trainer.monitor=val/miou"
        )
    row = metric_of(monitor)
    wanted = "min" if row is not None and row.lower_is_better else "max"
    if mode != wanted:
        raise ConfigError(
            f"trainer.monitor={monitor} with trainer.monitor_mode={mode} would keep the worst epoch. "
            f"Type trainer.monitor_mode={wanted}"
        )
    if task is None:
        return
    known = list(metrics_of_validation(task.scored_names))
    if monitor not in known:
        shown = ", ".join(name for name in known if name.count("/") == 1 or name.startswith("val/image/"))
        hint = near_hint(nearest(monitor, known))
        raise ConfigError(f"trainer.monitor={monitor} is not a metric of this run.{hint} Choose one of: {shown}")
