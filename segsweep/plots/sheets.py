"""A sheet of samples: image, truth, prediction and errors side by side, a row for each sample, one legend."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8
from matplotlib.patches import Patch

from segsweep.core.task import IGNORE, Task
from segsweep.plots.canvas import new_figure, save, shown
from segsweep.plots.overlays import Rgb, fit_px, paint_classes, paint_errors, paint_layers, shrink_image, shrink_mask
from segsweep.plots.palette import BOTH, EXTRA, MISSED, PALE, RIGHT, STRIPES, WRONG, Colors, as_hex

LONGEST_PX = 480
"""Of an image on a sheet."""
_PANEL_IN = 3.2
_CHARACTERS_PER_IN = 12.5
_TITLES = ("image", "truth", "prediction", "errors")


@dataclass(frozen=True)
class Sample:
    """An image with what is true and what was predicted."""

    title: str
    image: UInt8[np.ndarray, "image_h image_w c"]
    truth: UInt8[np.ndarray, "h w"] | UInt8[np.ndarray, "k h w"]
    """Class of each pixel, multilabel a layer of 0 and 1 per class; `IGNORE` is unlabelled."""
    pred: UInt8[np.ndarray, "h w"] | UInt8[np.ndarray, "k h w"]
    """The same, without `IGNORE`."""

    def shrunk(self, longest_px: int = LONGEST_PX) -> "Sample":
        """Return the sample no larger than a sheet shows it; image and masks get one size."""
        height, width = self.truth.shape[-2:]
        size_px = fit_px((height, width), longest_px)
        masks = [shrink_mask(mask, size_px) for mask in (self.truth, self.pred)]
        return Sample(self.title, shrink_image(self.image, size_px), *masks)


def draw_sheet(path: Path, samples: Sequence[Sample], task: Task, colors: Colors) -> None:
    """Draw a sheet: a row for each sample, a color for each class, of a binary task for both."""
    small = [sample.shrunk() for sample in samples]
    heights = [_PANEL_IN * min(1.6, max(0.4, sample.image.shape[0] / sample.image.shape[1])) for sample in small]
    classes, errors = _class_legend(small, task, colors), _error_legend(task)
    num_columns = _columns(classes)
    num_lines = -(-len(classes) // num_columns)
    figure = new_figure(4 * _PANEL_IN + 0.5, sum(heights) + 0.1 * len(heights) + 0.5 + 0.2 * num_lines)
    grid = figure.subplots(len(small), 4, squeeze=False, gridspec_kw={"height_ratios": heights})
    for row, sample, height in zip(grid, small, heights, strict=True):
        for axes, panel in zip(row, panels(sample, task, colors), strict=True):
            axes.imshow(panel, interpolation="nearest")
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
        lines = (shown(line, int(height * _CHARACTERS_PER_IN)) for line in sample.title.splitlines())
        row[0].set_ylabel("\n".join(lines), fontsize=9)
    for axes, title in zip(grid[0], _TITLES, strict=True):
        axes.set_title(title, fontsize=11)
    shared: dict[str, Any] = {"frameon": False, "fontsize": 9}
    figure.legend(handles=classes, loc="outside lower left", ncols=num_columns, **shared)
    figure.legend(handles=errors, loc="outside lower right", ncols=len(errors), columnspacing=1.0, **shared)
    save(figure, path)


def panels(sample: Sample, task: Task, colors: Colors) -> tuple[Rgb, Rgb, Rgb, Rgb]:
    """Return image, truth, prediction and errors of a sample as pictures."""
    image = shrink_image(sample.image, (sample.image.shape[0], sample.image.shape[1]))
    truth, pred = sample.truth, sample.pred
    if task.kind == "multiclass":
        return image, paint_classes(truth, colors), paint_classes(pred, colors), paint_errors(image, truth, pred)
    if task.kind == "binary":
        truth, pred, colors = truth[None], pred[None], colors[1:]
    painted_truth, painted_pred = (paint_layers(image, mask, colors) for mask in (truth, pred))
    return image, painted_truth, painted_pred, paint_errors(image, truth, pred)


def _class_legend(samples: Sequence[Sample], task: Task, colors: Colors) -> list[Patch]:
    """Return a patch for every class that a sample holds, and for unlabelled pixels if there are any."""
    legend = [
        Patch(facecolor=as_hex(colors[index]), edgecolor=PALE, label=shown(task.class_names[index]))
        for index in _occurring(samples, task)
    ]
    if any((sample.truth == IGNORE).any() for sample in samples):
        light, dark = (as_hex(color) for color in STRIPES)
        legend.append(Patch(facecolor=light, edgecolor=dark, hatch="////", label="unlabelled"))
    return legend


def _error_legend(task: Task) -> list[Patch]:
    findings = {"wrong class": WRONG}
    if task.kind != "multiclass":
        findings = {"right": RIGHT, "extra": EXTRA, "missed": MISSED}
    if task.kind == "multilabel":
        findings |= {"both": BOTH}
    return [Patch(facecolor=as_hex(color), label=name) for name, color in findings.items()]


def _occurring(samples: Sequence[Sample], task: Task) -> list[int]:
    masks = [mask for sample in samples for mask in (sample.truth, sample.pred)]
    if task.kind == "multilabel":
        return [k for k in range(len(task.class_names)) if any((mask[k] == 1).any() for mask in masks)]
    found = {int(value) for mask in masks for value in np.unique(mask)} - {IGNORE}
    return sorted(found - {0}) if task.kind == "binary" else sorted(found)


def _columns(legend: Sequence[Patch]) -> int:
    """Return how many columns of a legend fit below three panels."""
    entry_in = 0.7 + 0.08 * max((len(str(patch.get_label())) for patch in legend), default=1)
    return max(1, min(len(legend), int(3 * _PANEL_IN / entry_in)))
