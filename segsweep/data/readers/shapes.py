"""Generated circles, boxes and triangles: data that needs no disk and no download."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8

from segsweep.core.task import Task, TaskKind
from segsweep.data.base import Data, Split
from segsweep.data.listing import SPLITS, hash_of
from segsweep.data.open import describe
from segsweep.data.spec import ShapesConfig

SHAPES = ("circle", "box", "triangle")
_TASKS = {
    "binary": Task("binary", ("background", "shape")),
    "multiclass": Task("multiclass", ("background", *SHAPES)),
    "multilabel": Task("multilabel", SHAPES),
}
_BRIGHTNESS = (190, 160, 220)
_TINTS = ((30, 0, -30), (-30, 20, 20), (0, -30, 30))


@dataclass(frozen=True)
class _Drawn:
    """A shape that was placed: its kind and the pixels it covers."""

    kind: int
    cover: UInt8[np.ndarray, "h w"]


@dataclass(frozen=True)
class ShapesSplit(Split):
    """Images of one split, drawn when they are loaded; the same for the same seed, split and index."""

    task: TaskKind
    size: int
    channels: int
    seed: int
    """The seed of the data set."""
    number: int
    """Number of the split."""
    count: int
    """How many images there are."""

    def __len__(self) -> int:
        """Return the number of images."""
        return self.count

    def name(self, index: int) -> str:
        """Return a number as name."""
        return f"{index:05d}"

    def size_px(self, index: int) -> tuple[int, int]:  # noqa: ARG002
        """Return height and width."""
        return self.size, self.size

    def load(self, index: int) -> tuple[UInt8[np.ndarray, "h w c"], UInt8[np.ndarray, "h w *k"]]:
        """Draw an image and its truth."""
        random = self._random(index)
        drawn = _place_shapes(random, self.size)
        return _paint(random, drawn, self.size, self.channels), self._truth(drawn)

    def load_image(self, index: int) -> UInt8[np.ndarray, "h w c"]:
        """Draw an image."""
        return self.load(index)[0]

    def load_truth(self, index: int) -> UInt8[np.ndarray, "h w *k"]:
        """Draw only the truth, which is quicker."""
        return self._truth(_place_shapes(self._random(index), self.size))

    def _random(self, index: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, self.number, index])

    def _truth(self, drawn: list[_Drawn]) -> UInt8[np.ndarray, "h w *k"]:
        if self.task == "multilabel":
            layers = np.zeros((self.size, self.size, len(SHAPES)), dtype=np.uint8)
            for shape in drawn:
                layers[..., shape.kind] |= shape.cover
            return layers
        truth = np.zeros((self.size, self.size), dtype=np.uint8)
        for shape in drawn:
            truth[shape.cover > 0] = 1 if self.task == "binary" else shape.kind + 1
        return truth


def _place_shapes(random: np.random.Generator, size: int) -> list[_Drawn]:
    """Place two to four shapes of random kind, size and angle; later ones lie on top."""
    drawn = []
    for _ in range(random.integers(2, 5)):
        kind = int(random.integers(len(SHAPES)))
        cover = np.zeros((size, size), dtype=np.uint8)
        center = random.uniform(0.15, 0.85, 2) * size
        radius = random.uniform(0.1, 0.22) * size
        if kind == 0:
            cv2.circle(cover, (int(center[0]), int(center[1])), int(radius), 1, -1)
        else:
            corners = 4 if kind == 1 else 3
            angles = random.uniform(0, 2 * np.pi) + np.arange(corners) * 2 * np.pi / corners
            points = center + 1.2 * radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
            cv2.fillPoly(cover, [np.rint(points).astype(np.int32)], 1)
        drawn.append(_Drawn(kind, cover))
    return drawn


def _paint(random: np.random.Generator, drawn: list[_Drawn], size: int, channels: int) -> UInt8[np.ndarray, "h w c"]:
    """Paint half-transparent shapes on a rough, unevenly lit ground, and add noise."""
    rough = random.normal(90, 25, (8, 8, 1)).astype(np.float32)
    picture = np.repeat(cv2.resize(rough, (size, size), interpolation=cv2.INTER_CUBIC)[..., None], channels, axis=2)
    for shape in drawn:
        tint = np.resize(np.array(_TINTS[shape.kind], dtype=np.float32), channels) if channels > 1 else np.float32(0)
        color = _BRIGHTNESS[shape.kind] + tint + random.normal(0, 15, channels).astype(np.float32)
        inside = shape.cover > 0
        picture[inside] = 0.3 * picture[inside] + 0.7 * color
    slope = random.uniform(-0.25, 0.25, 2)
    line = np.linspace(-1, 1, size, dtype=np.float32)
    light = 1 + slope[0] * line[:, None, None] + slope[1] * line[None, :, None]
    noise = random.standard_normal((size, size, channels), dtype=np.float32) * 12
    return np.asarray((picture * light + noise).clip(0, 255), dtype=np.uint8)


def open_shapes(config: ShapesConfig, cache_dir: Path) -> Data:  # noqa: ARG001
    """Describe the generated data set."""
    counts = (config.num_train, config.num_val, config.num_test)
    splits: dict[str, Split] = {
        name: ShapesSplit(config.task, config.size, config.channels, config.shapes_seed, number, count)
        for number, (name, count) in enumerate(zip(SPLITS, counts, strict=True))
        if count
    }
    data = describe(
        config,
        _TASKS[config.task],
        splits,
        fingerprint="",
        fold_key=lambda split, name: f"{SPLITS.index(split)} {name}",
    )
    return replace(data, fingerprint=_fingerprint(config))  # as the first version had it for folds


def _fingerprint(config: ShapesConfig) -> str:
    """Hash the settings, which decide every pixel."""
    unseen = {"name", "pretrained"}
    if config.fold is None:
        unseen |= {"fold", "num_folds"}
    if config.fold is None or config.group is None:
        unseen.add("group")
    return hash_of({key: value for key, value in asdict(config).items() if key not in unseen})
