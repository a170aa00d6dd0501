"""Pictures within the page."""

import base64
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from segsweep.report.read.comparison import Comparison
from segsweep.runs.folder import PLOTS

MAX_PICTURES = 6


@dataclass(frozen=True)
class Picture:
    """A picture that needs no file."""

    source: str
    """A data URI."""
    caption: str


def source_of(path: Path | None) -> str:
    """Return an image file as a data URI; nothing where there is none, or it went away meanwhile."""
    try:
        return "" if path is None else _as_source(path.read_bytes(), path.suffix.removeprefix("."))
    except OSError:
        return ""


def shrunk_source(path: Path, widest_px: int) -> str:
    """Return an image file as a JPEG in a data URI, no wider than given; nothing where it cannot be read."""
    from PIL import Image  # 0.05 s, only where there are pictures

    content = io.BytesIO()
    try:
        with Image.open(path) as picture:
            small = picture.convert("RGB")
    except (OSError, ValueError):
        return ""
    small.thumbnail((widest_px, 20 * widest_px))
    small.save(content, format="JPEG", quality=85)
    return _as_source(content.getvalue(), "jpeg")


def _as_source(content: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def importance_pictures(comparison: Comparison) -> list[Picture]:
    """Return what the sweeps of these runs drew of the importance of their parameters."""
    studies = dict.fromkeys(
        str(run.record.setting("sweep.study") or "") for row in comparison.rows for run in row.configuration.runs
    )
    found = []
    for study in filter(None, studies):
        plots = comparison.runs_folder / "sweeps" / Path(study).name / PLOTS
        for path in sorted(plots.glob("importance*.png")):
            what = path.stem.removeprefix("importance").strip("_") or "the objective"
            found.append((path, f"What decides {what} in the sweep {study}"))
    return readable((source_of(path), caption) for path, caption in found[:MAX_PICTURES])


def readable(pictures: Iterable[tuple[str, str]]) -> list[Picture]:
    """Return the pictures, each a source and a caption, that could be read."""
    return [Picture(source, caption) for source, caption in pictures if source]
