"""The test images on which the best configurations differ most, with their predictions, where these were kept."""

from pathlib import Path

from matplotlib.axes import Axes
from PIL import Image

from segsweep.plots.canvas import new_figure, save, shown
from segsweep.report.read.comparison import Comparison
from segsweep.report.render.gallery import read_gallery

_PANEL_IN = 2.4


def draw(comparison: Comparison, path: Path) -> bool:
    """Draw a row for each image: itself, its truth, each prediction; tell whether there was anything to draw."""
    gallery = read_gallery(comparison)
    if gallery is None or gallery.images[0].image is None:
        return False
    heads = ["image", "truth", *(configuration.label for configuration in gallery.configurations)]
    figure = new_figure(_PANEL_IN * len(heads), _PANEL_IN * len(gallery.images) + 0.4)
    grid = figure.subplots(len(gallery.images), len(heads), squeeze=False)
    for panels, image in zip(grid, gallery.images, strict=True):
        _show(panels[0], image.image, image.name)
        _show(panels[1], image.truth, "")
        for axes, one in zip(panels[2:], image.predicted, strict=True):
            _show(axes, one.picture, f"{one.score:.3f}")
    for axes, head in zip(grid[0], heads, strict=True):
        axes.set_title(shown(head, 30), fontsize=8)
    save(figure, path)
    return True


def _show(axes: Axes, path: Path | None, below: str) -> None:
    if path is not None:
        with Image.open(path) as picture:
            axes.imshow(picture.convert("RGB"), interpolation="nearest")
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    axes.set_xlabel(shown(below, 34), fontsize=8)
