"""What is known of the labels before a mask is opened: the config, filled up from dataset.json."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from segsweep.core.task import IGNORE, MAX_CLASSES, TaskKind
from segsweep.data.errors import bad_value_range, both_ranges
from segsweep.data.pairs import label_errors as errors
from segsweep.data.spec import PairsConfig

Color = tuple[int, int, int]
_SHOWN = 12


@dataclass(frozen=True)
class LabelSpec:
    """What config and dataset.json say; None is left to the masks."""

    kind: TaskKind | None
    num_classes: int | None
    class_names: tuple[str, ...] | None
    ignore_index: int | None
    palette: tuple[Color, ...] | None
    gray_palette: bool
    """The config's own palette is all gray, so it holds for gray masks too."""
    ignore_color: Color | None
    notes: tuple[str, ...] = ()
    """What dataset.json decided."""
    values: Mapping[int, int] | None = None
    """Class of each mask value, or `IGNORE`, where the layout says it."""


def check_pairs(config: PairsConfig) -> None:
    """Check what the settings of a data set of pairs say, without a file.

    Raises:
        ConfigError: If they contradict each other.
    """
    _merged(config, {})
    if config.value_range is not None:
        if config.bit_depth is not None:
            raise both_ranges()
        rising = len(config.value_range) == 2 and config.value_range[0] < config.value_range[1]
        if not rising:
            raise bad_value_range()


def check_single_masks(config: PairsConfig) -> None:
    """Check the settings of a layout with one mask per image.

    Raises:
        ConfigError: If they contradict each other, or the classes overlap.
    """
    if config.task == "multilabel":
        raise errors.one_mask_per_image(config.reader)
    check_pairs(config)


def with_values(spec: LabelSpec, values: Mapping[int, int]) -> LabelSpec:
    """Return the spec with the classes that a layout gives to the values of its masks.

    Raises:
        ConfigError: If the settings have another number of classes.
    """
    num_classes = len({index for index in values.values() if index != IGNORE})
    if spec.num_classes not in (None, num_classes):
        raise errors.classes_of_layout(spec.num_classes or 0, num_classes)
    return replace(spec, num_classes=num_classes, values=values)


def read_label_spec(config: PairsConfig, root: Path) -> LabelSpec:
    """Merge config and dataset.json; the config wins.

    Raises:
        ConfigError: If the two contradict each other.
        DataError: If dataset.json cannot be used.
    """
    file = _dataset_json(root / "dataset.json")
    spec = _merged(config, file)
    return replace(spec, notes=_taken(config, file))


def _taken(config: PairsConfig, file: dict[str, Any]) -> tuple[str, ...]:
    """Say what dataset.json decides: what it holds and the config leaves open."""
    left_open = {key: value for key, value in file.items() if value is not None and getattr(config, key) is None}
    if config.num_classes not in (None, len(file.get("class_names") or ())):
        left_open.pop("class_names", None)
    if "class_names" in left_open or config.class_names is not None:
        left_open.pop("num_classes", None)
    parts = [f"{key} {_written(value)}" for key, value in left_open.items()]
    return (f"From dataset.json: {'; '.join(parts)}.",) if parts else ()


def _written(value: Any) -> str:
    if not isinstance(value, list):
        return str(value)
    if not isinstance(value[0], str):
        return f"of {len(value)} colors"
    return ", ".join(value[:_SHOWN]) + (f" and {len(value) - _SHOWN} more" if len(value) > _SHOWN else "")


def _merged(config: PairsConfig, file: dict[str, Any]) -> LabelSpec:
    names = config.class_names if config.class_names is not None else file.get("class_names")
    if config.class_names is None and names and config.num_classes not in (None, len(names)):
        names = None
    palette = config.palette if config.palette is not None else file.get("palette")
    kind = config.task or file.get("task")
    num_classes = config.num_classes or (len(names) if names else file.get("num_classes"))
    _check(kind, num_classes, names)
    colors = None if palette is None else tuple(_color(color) for color in palette)
    if colors is not None and len(set(colors)) < len(colors):
        raise errors.bad_palette("names a color twice")
    return LabelSpec(
        kind=kind,
        num_classes=num_classes or (len(colors) if colors and kind != "multilabel" else None),
        class_names=None if names is None else tuple(names),
        ignore_index=config.ignore_index if config.ignore_index is not None else file.get("ignore_index"),
        palette=colors,
        gray_palette=config.palette is not None and all(len(set(color)) == 1 for color in colors or ()),
        ignore_color=None if config.ignore_color is None else _color(config.ignore_color),
    )


def _check(kind: str | None, num_classes: int | None, names: list[str] | None) -> None:
    if names and num_classes is not None and len(names) != num_classes:
        raise errors.class_names_differ(len(names), num_classes)
    if names and len(set(names)) < len(names):
        raise errors.class_names_repeat(names)
    if kind == "binary" and num_classes not in (None, 2):
        raise errors.binary_has_two(num_classes or 0)
    least = 1 if kind == "multilabel" else 2
    if num_classes is not None and not least <= num_classes <= MAX_CLASSES:
        raise errors.class_count(num_classes, "data.class_names" if names else "data.num_classes")


def _color(color: Any) -> Color:
    if len(color) != 3 or not all(isinstance(part, int) and 0 <= part <= 255 for part in color):
        raise errors.bad_palette(f"holds {list(color)}")
    return color[0], color[1], color[2]


def _dataset_json(path: Path) -> dict[str, Any]:
    """Read task, class names, ignore_index and palette from a dataset.json; empty if there is none."""
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        classes = sorted(content.get("classes") or [], key=lambda entry: entry["id"])
        if [entry["id"] for entry in classes] != list(range(len(classes))):
            raise ValueError("the ids of its classes are not 0, 1, 2, ...")
        if content.get("task") not in (None, "binary", "multiclass", "multilabel"):
            raise ValueError(f"its task is {content['task']}, not binary, multiclass or multilabel")
        names = [str(entry["name"]) for entry in classes] or content.get("class_names")
        is_list = isinstance(names, list) and names and all(isinstance(name, str) for name in names)
        if names is not None and not is_list:
            raise ValueError("its class_names are no list of names")
        colors = [entry.get("color") for entry in classes]
        return {
            "task": content.get("task"),
            "num_classes": content.get("num_classes"),
            "class_names": names,
            "ignore_index": content.get("ignore_index"),
            "palette": content.get("palette") or (colors if colors and None not in colors else None),
        }
    except KeyError as error:
        raise errors.bad_dataset_json(str(path), f"a class has no {error}") from error
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise errors.bad_dataset_json(str(path), str(error)) from error
