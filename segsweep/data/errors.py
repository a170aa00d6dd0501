"""What is said about a data set that cannot be trained on as it lies on disk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from segsweep.core.errors import ConfigError, DataError, LabelError, and_more, near_hint, nearest
from segsweep.core.task import IGNORE


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with one file, or with the whole set where `file` is empty."""

    what: str
    """What was found and what is accepted, without a full stop; problems of the same kind share it."""
    fix: str
    """What to do about it."""
    file: str = ""
    """The file, relative to data.root."""
    detail: str = ""
    """What is particular to this file."""
    is_label: bool = False
    """Whether it is a mask's values that are wrong."""


def broken_data(name: str, problems: Sequence[Problem]) -> DataError:
    """Say everything that is wrong with a data set: per kind the first ten files, the count, and what to do."""
    kinds: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        kinds.setdefault((problem.what, problem.fix), []).append(problem)
    text = "\n".join(_kind_text(what, fix, found) for (what, fix), found in kinds.items())
    if len(kinds) > 1:
        text = f"{len(kinds)} kinds of problems in the data set {name}:\n{text}"
    return LabelError(text) if all(problem.is_label for problem in problems) else DataError(text)


def _kind_text(what: str, fix: str, found: list[Problem]) -> str:
    files = [f"{problem.file}: {problem.detail}" if problem.detail else problem.file for problem in found]
    if len(files) > 1:
        return f"{what}, in {len(files)} files:\n{and_more(files)}\n{fix}"
    return f"{what} (file {files[0]}).\n{fix}" if found[0].file else f"{what}.\n{fix}"


def root_missing(root: str, siblings: Sequence[str]) -> DataError:
    """data.root is not a folder."""
    near = nearest(root.rstrip("/").rsplit("/", 1)[-1], siblings)
    hint = f" Nearest there: {', '.join(near)}." if near else ""
    return DataError(
        f"data.root={root} is not a folder.{hint}\nTry data.root=PATH, the folder that holds train and val."
    )


def folder_missing(folder: str, found: Sequence[str]) -> Problem:
    """A folder of the layout is absent."""
    seen = f"it holds {', '.join(found[:10])}" if found else "it holds no folders"
    return Problem(
        f"data.root has no folder {folder} ({seen})",
        "Accepted: data.root/{train,val,test}/{images,masks}; test may be missing. Rename or move the folders.",
    )


def split_empty(folder: str, passed_over: Sequence[str]) -> Problem:
    """A folder of images holds no image."""
    seen = f"; files ending in {', '.join(passed_over)} are not images that can be read here" if passed_over else ""
    return Problem(f"{folder} holds no images{seen}", "Put images there (png, jpg, tif, bmp, webp, ...).")


def same_stem(file: str, other: str) -> Problem:
    """Two files of one folder differ only in their ending."""
    return Problem(
        "Two files share a name, and images and masks are paired by name without the ending",
        "Rename or remove one of the two.",
        file,
        f"also {other}",
    )


def mask_missing(image: str, folder: str) -> Problem:
    """An image has no mask."""
    return Problem(
        f"No mask of the same name lies in {folder}",
        f"Add the mask with the image's name to {folder}, or take the image away.",
        image,
    )


def image_missing(mask: str, folder: str) -> Problem:
    """A mask has no image."""
    return Problem(
        f"No image of the same name lies in {folder}",
        f"Add the image with the mask's name to {folder}, or take the mask away.",
        mask,
    )


def unreadable(file: str, reason: str) -> Problem:
    """A file cannot be decoded."""
    return Problem(
        "The file cannot be read: it is damaged, cut short or no image", "Replace or remove it.", file, reason
    )


def mask_size(mask: str, mask_size_px: tuple[int, int], image_size_px: tuple[int, int]) -> Problem:
    """A mask and its image differ in size."""
    detail = f"mask {mask_size_px[0]}x{mask_size_px[1]}, image {image_size_px[0]}x{image_size_px[1]} (height x width)"
    fix = "Export the mask again at the size of the image."
    if mask_size_px == image_size_px[::-1]:
        fix = "They are turned against each other: the EXIF orientation of a file is followed. Turn one, or strip it."
    return Problem("The mask has another size than its image", fix, mask, detail)


def wrong_channels(image: str, found: int, accepted: int) -> Problem:
    """An image has another number of channels than data.channels, which is neither 1 nor 3."""
    return Problem(
        f"An image has {found} channels but data.channels={accepted}",
        f"Try data.channels={found}; 1 and 3 take gray and color images alike.",
        image,
    )


def needs_value_range(image: str) -> Problem:
    """A floating-point image has no natural range."""
    return Problem(
        "An image holds floating-point values, whose range is not known",
        "Try data.value_range=[0,1], or the two values that should become black and white.",
        image,
    )


def bad_value_range() -> ConfigError:
    """data.value_range is not two rising numbers."""
    return ConfigError("data.value_range takes two numbers, the lower one first, such as [0,4095]; or null.")


def both_ranges() -> ConfigError:
    """data.value_range and data.bit_depth are both set."""
    return ConfigError(
        "data.value_range and data.bit_depth both say what becomes black and white. Leave one of them null."
    )


def bad_eval_size(value: str) -> ConfigError:
    """resolution.eval_size is none of the three forms."""
    near = nearest(value, ["same", "native"], limit=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return ConfigError(
        f"resolution.eval_size={value} is not a size.{hint} It may be same (as in training), native (as stored), "
        "or HEIGHTxWIDTH, such as resolution.eval_size=512x512"
    )


def too_few_images(num_samples: int, batch_size: int, world_size: int) -> ConfigError:
    """Not every device would get an image."""
    return ConfigError(
        f"{world_size} devices need at least {world_size} images per batch, but there are {num_samples} training "
        f"images and trainer.batch_size={batch_size}.\nTry hardware.devices=1, or a larger trainer.batch_size."
    )


def bad_group_pattern(pattern: str, reason: str) -> ConfigError:
    """data.group is no regular expression."""
    return ConfigError(
        f"data.group={pattern} is no regular expression ({reason}). It is searched in the path of each image below "
        "images/, such as 'data.group=\"^(p[0-9]+)_\"'; null: the folder of an image is its group."
    )


def group_matches_nothing(pattern: str, names: Sequence[str]) -> ConfigError:
    """data.group is found in the name of no image."""
    return ConfigError(
        f"data.group={pattern} matches no image; their names are such as {', '.join(names[:3])}. It is searched in the "
        "path below images/ without the ending; its first group, or the whole match, names the group of an image."
    )


def some_without_group(pattern: str, names: Sequence[str], num_images: int) -> str:
    """data.group is not found in the names of some images."""
    return (
        f"data.group={pattern} does not match {len(names)} of {num_images} images; each of them counts as a group of "
        f"its own: {', '.join(names[:3])}{', ...' if len(names) > 3 else ''}"
    )


def too_few_groups(num_images: int, num_groups: int, num_folds: int, pattern: str | None = None) -> ConfigError:
    """There are fewer groups of images than folds."""
    if num_groups == num_images:
        found = f"there are only {num_images} images for training and validation"
    elif pattern is not None:
        found = f"the {num_images} images are of only {num_groups} groups by data.group={pattern}, and one stays whole"
    else:
        found = f"the {num_images} images lie in only {num_groups} folders below images/, and a folder stays whole"
    return ConfigError(f"data.num_folds={num_folds} is too many: {found}. Try data.num_folds={max(2, num_groups)}")


def no_such_fold(fold: int, num_folds: int) -> ConfigError:
    """A fold beyond the last."""
    return ConfigError(
        f"data.fold={fold} does not exist: of data.num_folds={num_folds} the first is 0, the last {num_folds - 1}."
    )


def unknown_reader(name: str, known: Iterable[str]) -> ConfigError:
    """No row of the table has that name."""
    return ConfigError(
        f"data.reader={name} does not exist.{near_hint(nearest(name, known))} All: {', '.join(known)}. "
        "Choose data by its file: data=folder"
    )


def settings_of_another_reader(reader: str) -> ConfigError:
    """The reader was changed, and the settings are those of another."""
    return ConfigError(f"data.reader={reader} has other settings than those chosen here. Type data={reader}")


def not_data(reader: str, found: object) -> ConfigError:
    """A reader of a plugin returns something else."""
    return ConfigError(
        f"The reader {reader} returns {type(found).__name__}, not segsweep.data.base.Data. "
        "Let it return segsweep.data.open.describe(...)"
    )


def no_class(image: str, values: Sequence[int], highest: int) -> LabelError:
    """A reader of a plugin hands over a truth that its task does not know."""
    found = ", ".join(str(value) for value in values if highest < value < IGNORE)
    return LabelError(
        f"The truth of the image {image} holds {found}; accepted are 0 to {highest}, and {IGNORE} where nothing is "
        "labelled. The reader must map the values of its masks to the classes of its task."
    )
