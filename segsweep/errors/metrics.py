"""Sentences about what is counted."""

from segsweep.errors.base import LabelError


def unknown_truth(values: list[int], num_classes: int, ignore_index: int) -> LabelError:
    """Answer truth that holds values which are neither a class nor unlabelled."""
    found = ", ".join(str(value) for value in values[:10])
    return LabelError(
        f"The truth holds {found}, but {num_classes} classes accept 0 to {num_classes - 1}, "
        f"and {ignore_index} for unlabelled pixels. Try data.num_classes={max(values) + 1}, "
        f"or data.ignore_index={values[0]} if {values[0]} means unlabelled."
    )
