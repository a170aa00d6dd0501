"""The gallery with its pictures within the page."""

from collections.abc import Sequence
from dataclasses import dataclass

from segsweep.report.render.gallery import Disputed, Gallery
from segsweep.report.render.page.embedding import Picture, readable, shrunk_source, source_of
from segsweep.report.render.words import score_text

_SHEET_PX = 900


@dataclass(frozen=True)
class PredictedCell:
    """What a configuration made of an image."""

    score: str
    picture: str


@dataclass(frozen=True)
class ImageRow:
    """An image of the gallery."""

    name: str
    image: str
    truth: str
    predicted: Sequence[PredictedCell]
    gap: str


@dataclass(frozen=True)
class PicturedGallery:
    """The gallery, as the template takes it."""

    remark: str
    caption: str
    names: Sequence[str]
    has_pictures: bool
    rows: Sequence[ImageRow]
    sheets: Sequence[Picture]


def pictured(gallery: Gallery) -> PicturedGallery:
    """Return a gallery with its pictures as data URIs."""
    has_pictures = any(image.image is not None for image in gallery.images)
    remark = "Images on which the best configurations differ most; predictions are those of the first seed."
    if not has_pictures:
        remark = "Images on which the best configurations differ most. These runs kept no predictions of them" + (
            "; below are the same validation images, as each of the best predicts them." if gallery.sheets else "."
        )
    return PicturedGallery(
        remark=remark,
        caption=f"{gallery.metric}, mean over seeds and folds; the gap lies between the highest and the lowest",
        names=[configuration.label for configuration in gallery.configurations],
        has_pictures=has_pictures,
        rows=[_row(image) for image in gallery.images],
        sheets=readable((shrunk_source(path, _SHEET_PX), label) for label, path in gallery.sheets),
    )


def _row(image: Disputed) -> ImageRow:
    return ImageRow(
        name=image.name,
        image=source_of(image.image),
        truth=source_of(image.truth),
        predicted=[PredictedCell(score_text(one.score), source_of(one.picture)) for one in image.predicted],
        gap=score_text(image.gap),
    )
