"""The table of metrics, for people and for the documentation."""

from collections.abc import Iterator

from segsweep.core.text import markdown_table
from segsweep.metrics.spec import COUNTED, METRICS, PER_IMAGE, Metric, counted_metrics

NOTES = """\
- tp, fp, fn, tn: pixels rightly in a class, wrongly in it, wrongly not in it, rightly not in it.
- "In neither": the class is neither in the truth nor in the prediction; "in one only": in one of the two.
- Size of the truth: the stored one, to which logits are resized (`resolution.count_at=original`), or that of the
  network's input, to which truths are resized (`input`). Decision: the class of the largest logit; binary and
  multilabel: yes where the logit is above 0, a probability above 0.5.
- Unlabelled pixels (`data.ignore_index`) count nowhere. A binary task scores its foreground alone.
- Counts are 64-bit whole numbers: the same however images are batched, on however many devices.
- `trainer.monitor` takes any metric of val. Losses are compared only between runs of the same loss."""

TITLES = ("metric", "given on", "formula", "averaged", "absent class", "counted at", "source")
AS_ABOVE = "as above, with the pixels of one image"
Line = tuple[tuple[str, ...], str, str, str, str, str, str]
"""Names, and what the other titles say of them."""


def describe_metrics() -> str:
    """Return what `python -m segsweep.inspect metrics` prints."""
    blocks = []
    for names, *cells in metric_lines():
        told = (f"  {title:13} {cell}" for title, cell in zip(TITLES[1:], cells, strict=True))
        blocks.append("\n".join([", ".join(names), *told]))
    return "\n\n".join([*blocks, NOTES])


def metrics_markdown() -> str:
    """Return the same as a Markdown table."""
    rows = [[", ".join(f"`{name}`" for name in names), *cells] for names, *cells in metric_lines()]
    return "\n".join([markdown_table([TITLES, *rows]), "", NOTES])


def metric_lines() -> Iterator[Line]:
    """Yield what there is to say of each metric; CLASS stands for the name of a class."""
    for row in counted_metrics():
        yield from _pooled(row)
    yield from _of_images()
    for row in METRICS.values():
        if not row.is_counted:
            names = (f"image/{row.name}", f"image/{row.name}/CLASS") if row.boundary else (row.name,)
            yield names, row.splits, row.formula, row.averaged, row.absent, row.counted, row.source


def _pooled(row: Metric) -> Iterator[Line]:
    of_class = tuple(f"{name}/CLASS" for name in row.of_class)
    if row.overall:
        whole = row.overall
        yield row.means, row.splits, whole.formula, row.averaged, whole.absent, row.counted, whole.source
        names = of_class
    else:
        names = tuple(name for pair in zip(row.means, of_class, strict=True) for name in pair)
    yield names, row.splits, row.formula, row.averaged, row.absent, row.counted, row.source


def _of_images() -> Iterator[Line]:
    counted = counted_metrics()
    means = tuple(f"image/{name}" for row in counted if not row.overall for name in row.means)
    of_class = tuple(f"image/{name}/CLASS" for row in counted for name in row.of_class)
    in_file = " and ".join(sorted(row.title or row.name for row in counted if row.in_image_file))
    averaged = f"{PER_IMAGE}; per_image.csv has {in_file}"
    absent = "as above, image by image; an image without any class counts for nothing"
    yield means, "val, test", AS_ABOVE, averaged, absent, COUNTED, "as above"
    for row in counted:
        if row.overall:
            names = tuple(f"image/{name}" for name in row.means)
            averaged = "each image on its own, then the mean over images"
            yield names, "val, test", AS_ABOVE, averaged, row.overall.absent_in_image, COUNTED, "as above"
    averaged = "each image on its own, then the mean over the images with a value"
    yield of_class, "test", AS_ABOVE, averaged, "as above, image by image", COUNTED, "as above"
