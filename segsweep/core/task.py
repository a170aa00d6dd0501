"""What is predicted: the kind of task and its classes, as every layer above needs to know it."""

from dataclasses import dataclass
from typing import Literal

IGNORE = 255
"""Value of an unlabelled pixel in every truth tensor; the data set's own ignore index is mapped to it on reading."""

MAX_CLASSES = 255
"""Truth travels as uint8, and 255 is taken by `IGNORE`."""

TaskKind = Literal["binary", "multiclass", "multilabel"]


@dataclass(frozen=True)
class Task:
    """The classes of a data set and how they exclude each other.

    - binary: two classes, one sigmoid channel; the second class (the foreground) is the one predicted and scored.
    - multiclass: each pixel has one of n classes; n softmax channels; all n are scored.
    - multilabel: n classes that may overlap; n sigmoid channels; all n are scored.

    Two softmax channels for a binary problem are simply a multiclass task with two classes.
    """

    kind: TaskKind
    class_names: tuple[str, ...]

    @property
    def num_outputs(self) -> int:
        """Channels of the logits."""
        return 1 if self.kind == "binary" else len(self.class_names)

    @property
    def scored_names(self) -> tuple[str, ...]:
        """Names of the classes that metrics are computed for, in the order of the logit channels."""
        return self.class_names[1:] if self.kind == "binary" else self.class_names
