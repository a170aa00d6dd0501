"""Predictions of a few tested images as small pictures, so that runs can be compared by eye long after."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from segsweep.core.files import write_atomic, write_json
from segsweep.runs.folder import SAMPLES

Kind = Literal["image", "truth", "prediction"]
KINDS: tuple[Kind, ...] = ("image", "truth", "prediction")
PREDICTIONS = f"{SAMPLES}/predictions"
LONGEST_PX = 320
"""Of a picture; 24 images of three pictures then take about 0.5 MB."""
_INDEX = "images.json"


def write_predictions(folder: Path, pictures: Mapping[str, Mapping[Kind, Any]]) -> None:
    """Write pictures into a run's folder; the list of them comes last, so that a reader finds whole files only.

    Args:
        folder: The run's folder.
        pictures: By name of the image: the image, its truth and its prediction, as painted; uint8 [h w 3].
    """
    place = folder / PREDICTIONS
    place.mkdir(parents=True, exist_ok=True)
    index = {}
    for number, (name, kinds) in enumerate(pictures.items()):
        index[name] = {kind: f"{number:03d}-{kind}.webp" for kind in kinds}
        for kind, picture in kinds.items():
            write_atomic(place / index[name][kind], _encoded(picture, is_photograph=kind == "image"))
    write_json(place / _INDEX, index)


def _encoded(picture: Any, *, is_photograph: bool) -> bytes:
    from PIL import Image  # 0.05 s, only where there are pictures

    small = Image.fromarray(picture)
    resampling = Image.Resampling.BOX if is_photograph else Image.Resampling.NEAREST
    small.thumbnail((LONGEST_PX, LONGEST_PX), resampling)
    content = io.BytesIO()
    small.save(content, format="WEBP", quality=80, lossless=not is_photograph)
    return content.getvalue()


def read_predictions(folder: Path) -> dict[str, dict[str, Path]]:
    """Return the pictures of a run by the name of the image; nothing where it has none, or none that can be read."""
    place = folder / PREDICTIONS
    try:
        index = json.loads((place / _INDEX).read_text(encoding="utf-8"))
        found = {
            str(name): {str(kind): place / Path(file).name for kind, file in kinds.items()}
            for name, kinds in index.items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
    return {
        name: kinds
        for name, kinds in found.items()
        if set(KINDS) <= set(kinds) and all(map(Path.is_file, kinds.values()))
    }
