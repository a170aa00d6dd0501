"""What is said about the values of masks and the classes they stand for."""

from collections.abc import Sequence

from segsweep.core.errors import ConfigError, DataError
from segsweep.data.errors import Problem


def unknown_values(
    files: Sequence[str], values: Sequence[int], num_classes: int, *, binary: bool, multilabel: bool
) -> list[Problem]:
    """Masks hold values that are neither a class nor ignored."""
    if multilabel:
        what = f"A mask of one class holds {_values(values)}; accepted are 0 and 1, or 0 and 255"
        fix = f"Save the mask again, or try data.ignore_index={values[0]} if {values[0]} means unlabelled."
    else:
        what = f"A mask holds {_values(values)} but data.num_classes={num_classes} accepts 0 to {num_classes - 1}"
        if binary:
            what += ", or 0 and 255, in a binary task"
        fix = _value_fix(values, "data.task=multiclass data.num_classes" if binary else "data.num_classes")
    if any(file.lower().endswith((".jpg", ".jpeg")) for file in files):
        fix += "\nJPEG changes the values of a mask; save masks as PNG."
    return [Problem(what, fix, file, is_label=True) for file in files]


def _values(values: Sequence[int]) -> str:
    if len(values) == 1:
        return f"value {values[0]}"
    more = f" and {len(values) - 5} more" if len(values) > 5 else ""
    return f"values {', '.join(str(value) for value in values[:5])}{more}"


def _value_fix(values: Sequence[int], setting: str) -> str:
    below = [value for value in values if value != 255]
    if not below:
        return "Try data.ignore_index=255, if 255 means unlabelled."
    if max(below) >= 255:
        return "No more than 255 classes can be trained. If these are colors or heights, export class indices instead."
    if len(values) == 1:
        return f"Try {setting}={values[0] + 1}, or data.ignore_index={values[0]} if {values[0]} means unlabelled."
    tries = f"Try {setting}={max(below) + 1}"
    return f"{tries} and data.ignore_index=255, if 255 means unlabelled." if 255 in values else f"{tries}."


def unknown_color(file: str, colors: Sequence[tuple[int, int, int]]) -> Problem:
    """A color-coded mask holds a color that the palette lacks."""
    first = list(colors[0])
    shown = ", ".join(str(list(color)) for color in colors[:5])
    return Problem(
        f"A mask holds the color {first}, which data.palette does not name",
        f"Add it to data.palette, or try data.ignore_color={_typed(first)} if it means unlabelled.",
        file,
        f"unknown there: {shown}" + (f" and {len(colors) - 5} more" if len(colors) > 5 else ""),
        is_label=True,
    )


def palette_needed(file: str, colors: Sequence[tuple[int, int, int]]) -> Problem:
    """Masks are color-coded and nothing says what the colors mean."""
    found = ",".join(_typed(color) for color in colors[:20])
    return Problem(
        "The masks are colored (RGB), and no palette says which class a color is",
        f"Found: {found}. Try 'data.palette=[{found}]', ordered by class index.",
        file,
        is_label=True,
    )


def _typed(color: Sequence[int]) -> str:
    return "[" + ",".join(str(part) for part in color) + "]"


def no_foreground() -> Problem:
    """Every labelled training pixel has the value 0."""
    return Problem(
        "All training masks hold only the value 0: there is nothing to learn",
        "Look at the masks; the classes may have been lost on export.",
        is_label=True,
    )


def bad_dataset_json(path: str, reason: str) -> DataError:
    """dataset.json cannot be used."""
    return DataError(
        f"{path} cannot be used: {reason}.\n"
        'Accepted: {"task": "multiclass", "classes": [{"id": 0, "name": "sky", "color": [128, 128, 128]}, ...], '
        '"ignore_index": null}; without the file the settings of data=folder or the masks decide.'
    )


def class_count(num_classes: int, setting: str) -> ConfigError:
    """The number of classes is impossible."""
    return ConfigError(f"{setting} gives {num_classes} classes; accepted are 2 to 255 (multilabel: 1 to 255).")


def class_names_differ(num_names: int, num_classes: int) -> ConfigError:
    """Number of names and number of classes disagree."""
    return ConfigError(
        f"{num_names} class names were given but there are {num_classes} classes.\n"
        f"Try data.num_classes={num_names}, or give {num_classes} names in data.class_names."
    )


def class_names_repeat(names: Sequence[str]) -> ConfigError:
    """A class name stands twice."""
    twice = next(name for name in names if list(names).count(name) > 1)
    return ConfigError(f"The class name {twice} stands twice in data.class_names; each class needs its own.")


def binary_has_two(num_classes: int) -> ConfigError:
    """A binary task with another number of classes than two."""
    return ConfigError(
        f"data.task=binary has 2 classes, the background first, but {num_classes} were given.\n"
        "Try data.num_classes=2, or data.task=multiclass."
    )


def bad_palette(what: str) -> ConfigError:
    """A palette is not a list of distinct RGB colors."""
    return ConfigError(f"data.palette {what}. Accepted: one RGB color per class, such as [[0,0,0],[255,0,0]].")


def class_folders_differ(folders: Sequence[str], names: Sequence[str]) -> Problem:
    """The folders of a multilabel set are not its classes."""
    found = ", ".join(folders) or "no folders"
    surplus = [folder for folder in folders if folder not in names]
    differs = f", but the classes are {', '.join(names)}" if surplus else ""
    return Problem(
        f"A multilabel data set has one folder per class below masks/; found {found}{differs}",
        "Accepted: train/masks/CLASS/NAME.png. Rename the folders, or set data.class_names; data.num_classes=null "
        "counts the folders.",
    )


def one_mask_per_image(reader: str) -> ConfigError:
    """Classes that overlap need a mask each, which the layout lacks."""
    return ConfigError(
        f"data={reader} has one mask per image, so its classes exclude each other; data.task may be binary or "
        "multiclass. Classes that overlap: data=folder, with masks/CLASS/NAME.png"
    )


def classes_of_layout(num_classes: int, accepted: int) -> ConfigError:
    """The settings have another number of classes than the masks of a layout."""
    return ConfigError(
        f"The masks of this layout have {accepted} classes, but the settings say {num_classes}. "
        f"Give {accepted} names in data.class_names, or leave it as it is, with data.num_classes=null"
    )


def not_of_layout(file: str, values: Sequence[int], accepted: Sequence[int]) -> Problem:
    """A mask holds values that its layout does not have."""
    return Problem(
        f"A mask holds values that this layout does not have; accepted are {min(accepted)} to {max(accepted)}",
        "Look whether these masks are those of the layout; data=folder takes others.",
        file,
        _values(values),
        is_label=True,
    )
