"""What is said about pairs of images and masks that a layout or a list does not give."""

from collections.abc import Sequence

from segsweep.data.errors import Problem


def other_reader(reader: str, root: str) -> Problem:
    """The layout is one that another reader knows, or lies further below."""
    where = f"The folder {root} has" if root else "data.root has"
    at = f" data.root={root}" if root else ""
    return Problem(f"{where} the layout of data={reader}", f"Try data={reader}{at}")


def part_missing(part: str, accepted: Sequence[str], there: Sequence[str]) -> Problem:
    """A file or folder of the layout is absent."""
    seen = f"it holds {', '.join(there[:10])}" if there else "it is empty"
    return Problem(f"data.root has no {part} ({seen})", f"Accepted: a folder that holds {', '.join(accepted)}.")


def no_pairs() -> Problem:
    """There is no image with a mask."""
    return Problem("data.root holds no image with a mask", "Look at data.root and the lists of the splits.")


def no_images_of(split: str) -> Problem:
    """A split that is needed has no image."""
    return Problem(
        f"There are no images of the split {split}; needed are train and val",
        "Add them, or let folds be dealt from the others: data.fold=0 data.num_folds=5",
    )


def file_absent(file: str) -> Problem:
    """An image or a mask that a list names is not there."""
    return Problem(
        "A file that belongs to the data set is not there",
        "Add it, or take its image out of the list of its split.",
        file,
    )


def no_list(file: str, reason: str, there: Sequence[str]) -> Problem:
    """The list cannot be read."""
    seen = f"Lists there: {', '.join(there[:10])}." if there else "No file there ends in csv, tsv or txt."
    return Problem(f"data.list={file} cannot be read below data.root: {reason}", seen)


def no_splits(file: str) -> Problem:
    """A list says nothing of splits, and no folds are dealt."""
    return Problem(
        "The list has no column split, so nothing says which images validate",
        "Add the column (train, val, test), or deal folds: data.fold=0 data.num_folds=5",
        file,
    )


def bad_line(file: str, line: int, num_cells: int) -> Problem:
    """A line of a list names no pair."""
    return Problem(
        "A line of the list names no image and mask",
        "Accepted: image, mask[, split, group], apart by commas, tabs or blanks; paths with blanks need commas.",
        file,
        f"line {line} has {num_cells} cells",
    )


def unknown_split(file: str, line: int, split: str) -> Problem:
    """A line of a list has a split that is none."""
    return Problem(
        "A split of the list is not train, val or test", "Rename it in the list.", file, f"line {line}: {split}"
    )


def named_twice(split: str, name: str, file: str) -> Problem:
    """Two images of one split have one name."""
    return Problem(
        "Two images of a split are the same, or differ only in their ending",
        "Take one of them out of the list of the split.",
        file,
        f"{split}: {name}",
    )


def no_masks_of_test(file: str) -> str:
    """The test images of a layout are there without their masks."""
    return f"No image of {file} has a mask, so there is no test split."


def bad_list(file: str, reason: str) -> Problem:
    """The list of a split cannot be read."""
    return Problem(f"The list {file} cannot be read: {reason}", "It holds one image's name per line.")
