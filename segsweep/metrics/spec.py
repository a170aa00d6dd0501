"""Every metric as a row: what it is, over what it is averaged, what an absent class gives, where it is counted."""

import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

from omegaconf import MISSING

from segsweep.config.declare import COUNT, number
from segsweep.metrics import errors

_POOLED = "pixels added up over all images, then the mean over classes"
_PER_IMAGE = "each image on its own, mean over its classes, then over images"
_ABSENT = "in neither: no value, left out; in one only: 0"
_COUNTED = "size of the truth; after the decision"


@dataclass(frozen=True)
class Metric:
    """A row of the table, or several names of one formula."""

    names: tuple[str, ...]
    """After the split: `val/NAME`, `test/NAME`; CLASS is a class name."""
    splits: str
    """On which splits it is given."""
    formula: str
    averaged: str
    """What is added up, what is averaged, in which order."""
    absent: str
    """What a class gives that the truth, the prediction or both do not hold."""
    counted: str
    """Resolution and threshold."""
    source: str


METRICS: tuple[Metric, ...] = (
    Metric(
        ("miou", "iou/CLASS"),
        "val, test",
        "tp / (tp + fp + fn)",
        _POOLED,
        _ABSENT,
        _COUNTED,
        "Everingham et al., IJCV 2015; pooled as in Long, Shelhamer, Darrell, CVPR 2015",
    ),
    Metric(
        ("dice", "dice/CLASS", "f1", "f1/CLASS"),
        "val, test",
        "2 tp / (2 tp + fp + fn); Dice and F1 are one number",
        _POOLED,
        _ABSENT,
        _COUNTED,
        "Dice, Ecology 1945",
    ),
    Metric(
        ("precision", "precision/CLASS"),
        "val, test",
        "tp / (tp + fp)",
        _POOLED,
        _ABSENT,
        _COUNTED,
        "Powers, Evaluation, 2011",
    ),
    Metric(
        ("recall", "recall/CLASS"),
        "val, test",
        "tp / (tp + fn)",
        _POOLED,
        _ABSENT,
        _COUNTED,
        "Powers, Evaluation, 2011",
    ),
    Metric(
        ("accuracy",),
        "val, test",
        "right pixels / labelled pixels; binary and multilabel: over all channels",
        "pixels added up over all images",
        "makes no difference; without any labelled pixel: no value",
        _COUNTED,
        "Long, Shelhamer, Darrell, CVPR 2015",
    ),
    Metric(
        ("accuracy/CLASS",),
        "val, test",
        "(tp + tn) / (tp + fp + fn + tn)",
        "pixels added up over all images",
        "in neither: no value",
        _COUNTED,
        "Powers, Evaluation, 2011",
    ),
    Metric(
        tuple(f"image/{name}" for name in ("miou", "dice", "f1", "precision", "recall")),
        "val, test",
        "as above, with the pixels of one image",
        f"{_PER_IMAGE}; per_image.csv has Dice and IoU",
        "as above, image by image; an image without any class counts for nothing",
        _COUNTED,
        "as above",
    ),
    Metric(
        ("image/accuracy",),
        "val, test",
        "as above, with the pixels of one image",
        "each image on its own, then the mean over images",
        "makes no difference; an image without labelled pixels counts for nothing",
        _COUNTED,
        "as above",
    ),
    Metric(
        tuple(f"image/{name}/CLASS" for name in ("iou", "dice", "f1", "precision", "recall", "accuracy")),
        "test",
        "as above, with the pixels of one image",
        "each image on its own, then the mean over the images with a value",
        "as above, image by image",
        _COUNTED,
        "as above",
    ),
    Metric(
        ("competition_dice",),
        "val, test",
        "(2 tp + 0.0001) / (2 tp + fp + fn + 0.0001)",
        "each image and class on its own, mean over images, then over classes",
        "in neither: 1; in one only: about 0",
        _COUNTED,
        "hand-bone X-ray segmentation competition",
    ),
    Metric(
        ("image/hd95", "image/hd95/CLASS"),
        "test, metrics=boundary",
        "95 % of each outline lies within this distance of the other, px",
        _PER_IMAGE,
        "in neither: no value, left out; in one only: the diagonal of the image",
        _COUNTED,
        "Nikolov et al., J Med Internet Res 2021; Huttenlocher et al., PAMI 1993",
    ),
    Metric(
        ("image/surface_dice", "image/surface_dice/CLASS"),
        "test, metrics=boundary",
        "share of both outlines that lies within metrics.boundary_tolerance_px of the other",
        _PER_IMAGE,
        _ABSENT,
        _COUNTED,
        "Nikolov et al., J Med Internet Res 2021",
    ),
    Metric(
        ("image/boundary_iou", "image/boundary_iou/CLASS"),
        "test, metrics=boundary",
        "IoU of the two bands of mask within metrics.boundary_tolerance_px of the mask's edge",
        _PER_IMAGE,
        _ABSENT,
        _COUNTED,
        "Cheng, Girshick, Dollar, Berg, Kirillov, CVPR 2021",
    ),
    Metric(
        ("loss",),
        "train, val, test",
        "loss=NAME; see python -m segsweep.inspect losses",
        "mean over images (train: over batches)",
        "see python -m segsweep.inspect losses",
        "size of the truth (train: training size); before the decision",
        "see python -m segsweep.inspect losses",
    ),
)

NOTES = """\
- tp, fp, fn, tn: pixels rightly in a class, wrongly in it, wrongly not in it, rightly not in it.
- "In neither": the class is neither in the truth nor in the prediction; "in one only": in one of the two.
- Size of the truth: the stored one, to which logits are resized (`resolution.count_at=original`), or that of the
  network's input, to which truths are resized (`input`). Decision: the class of the largest logit; binary and
  multilabel: yes where the logit is above 0, a probability above 0.5.
- Unlabelled pixels (`data.ignore_index`) count nowhere. A binary task scores its foreground alone.
- Counts are 64-bit whole numbers: the same however images are batched, on however many devices.
- `trainer.monitor` takes any metric of val. Losses are compared only between runs of the same loss."""

_TITLES = ("metric", "given on", "formula", "averaged", "absent class", "counted at", "source")


def describe_metrics() -> str:
    """Return what `python -m segsweep.inspect metrics` prints."""
    blocks = []
    for row in METRICS:
        cells = zip(_TITLES[1:], astuple(row)[1:], strict=True)
        blocks.append("\n".join([", ".join(row.names), *(f"  {title:13} {cell}" for title, cell in cells)]))
    return "\n\n".join([*blocks, NOTES])


def metrics_markdown() -> str:
    """Return the same as a Markdown table."""
    lines = [_line(_TITLES), _line(["---"] * len(fields(Metric)))]
    lines += [_line([", ".join(f"`{name}`" for name in row.names), *astuple(row)[1:]]) for row in METRICS]
    return "\n".join([*lines, "", NOTES])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


@dataclass
class MetricsConfig:
    """What is measured beyond the scores that every run has."""

    boundary: bool = MISSING
    """Compare the boundaries of the tested split too: HD95, surface Dice, boundary IoU. Slow on large images."""
    boundary_tolerance_px: int = number(COUNT)
    """Distance up to which boundaries agree for the surface Dice, and width of the band of the boundary IoU, px."""


def check_monitor(monitor: str, mode: str) -> None:
    """Check the metric that chooses the best epoch, as far as its name tells.

    Raises:
        ConfigError: If it is not one of the validation, or the direction would keep the worst epoch.
    """
    if not re.fullmatch(r"val/\S+", monitor):
        raise errors.monitor_form(monitor)
    wanted = "min" if monitor == "val/loss" else "max"
    if mode != wanted:
        raise errors.monitor_mode(monitor, mode, wanted)
