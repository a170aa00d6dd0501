"""Generated circles, boxes and triangles: data that needs no disk and no download."""

from dataclasses import asdict, dataclass

import cv2
import numpy as np
from jaxtyping import UInt8

from segsweep.core.task import Task, TaskKind
from segsweep.data import errors as say
from segsweep.data.base import Data, Split
from segsweep.data.folds import deal
from segsweep.data.listing import SPLITS, hash_of
from segsweep.data.spec import DataConfig, ShapesConfig

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
class ShapesSplit:
    """Images of one split, drawn when asked for; the same for the same seed, split and index."""

    task: TaskKind
    size: int
    channels: int
    seed: int
    """The seed of the data set."""
    images: tuple[tuple[int, int], ...]
    """Number of the split that each image was made for, and its number there."""
    names: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.images)

    def name(self, index: int) -> str:
        """Return a number as name; of pooled splits with the split before it."""
        return self.names[index]

    def size_px(self, index: int) -> tuple[int, int]:  # noqa: ARG002
        """Return height and width."""
        return self.size, self.size

    def load(self, index: int) -> tuple[UInt8[np.ndarray, "h w c"], UInt8[np.ndarray, "h w *k"]]:
        """Draw an image and its truth."""
        random = self._random(index)
        drawn = _place_shapes(random, self.size)
        return _paint(random, drawn, self.size, self.channels), self._truth(drawn)

    def truth(self, index: int) -> UInt8[np.ndarray, "h w *k"]:
        """Draw only the truth, which is quicker."""
        return self._truth(_place_shapes(self._random(index), self.size))

    def _random(self, index: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, *self.images[index]])

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


def open_shapes(config: DataConfig) -> Data:
    """Describe the generated data set.

    Raises:
        ConfigError: If a size or a count is out of range.
    """
    assert isinstance(config, ShapesConfig)
    _check(config)
    drawn = {name: _split(config, images) for name, images in _images(config).items() if images}
    splits: dict[str, Split] = dict(drawn)
    return Data(
        name=config.name,
        task=_TASKS[config.task],
        channels=config.channels,
        splits=splits,
        fingerprint=fingerprint(config),
        class_pixels=_class_pixels(drawn["train"]),
        labelled_pixels=len(drawn["train"]) * config.size**2,
        notes=(),
    )


def _images(config: ShapesConfig) -> dict[str, list[tuple[int, int]]]:
    """Return the images of each split: the number of the split that each was made for, and its number there."""
    counts = (config.num_train, config.num_val, config.num_test)
    made = [[(number, index) for index in range(count)] for number, count in enumerate(counts)]
    if config.fold is None:
        return dict(zip(SPLITS, made, strict=True))
    pool = made[0] + made[1]
    folds = deal([f"{number} {index:05d}" for number, index in pool], config.num_folds)
    train = [image for image, fold in zip(pool, folds, strict=True) if fold != config.fold]
    val = [image for image, fold in zip(pool, folds, strict=True) if fold == config.fold]
    return dict(zip(SPLITS, (train, val, made[2]), strict=True))


def _split(config: ShapesConfig, images: list[tuple[int, int]]) -> ShapesSplit:
    is_pooled = config.fold is not None
    names = tuple(f"{SPLITS[number]}/{index:05d}" if is_pooled else f"{index:05d}" for number, index in images)
    return ShapesSplit(config.task, config.size, config.channels, config.shapes_seed, tuple(images), names)


def fingerprint(config: DataConfig) -> str:
    """Hash the settings, which decide every pixel."""
    unseen = ("name", "pretrained") if config.fold is not None else ("name", "pretrained", "fold", "num_folds")
    return hash_of({key: value for key, value in asdict(config).items() if key not in unseen})


def _check(config: ShapesConfig) -> None:
    least = {"size": 16, "channels": 1, "num_train": 1, "num_val": 1, "num_test": 0, "shapes_seed": 0}
    for key, smallest in least.items():
        if (value := getattr(config, key)) < smallest:
            raise say.bad_setting(f"data.{key}", value, f"{smallest} or more")


def _class_pixels(train: ShapesSplit) -> tuple[int, ...]:
    multilabel = train.task == "multilabel"
    pixels = np.zeros(len(_TASKS[train.task].class_names), dtype=np.int64)
    for index in range(len(train)):
        truth = train.truth(index)
        pixels += truth.sum((0, 1), dtype=np.int64) if multilabel else np.bincount(truth.ravel(), minlength=len(pixels))
    return tuple(int(count) for count in pixels)
