"""What the reader of a layout finds, before any image is opened: which image goes with which mask, in which split."""

from collections.abc import Sequence
from dataclasses import dataclass

from segsweep.data.errors import Problem


@dataclass(frozen=True)
class Pair:
    """An image and its masks; paths are below data.root, with forward slashes."""

    split: str
    """train, val or test."""
    stem: str
    """The image's name, unique in its split; what stands before its first slash is its group."""
    image: str
    masks: tuple[tuple[str, str], ...]
    """Class name and path; one entry with an empty name unless the task is multilabel."""


@dataclass(frozen=True)
class Found:
    """What lies in a root of some layout; a finder opens no image and raises nothing."""

    pairs: Sequence[Pair]
    lists: Sequence[str] = ()
    """Files besides images and masks that decide what is read, such as the lists of the splits."""
    problems: Sequence[Problem] = ()
    notes: tuple[str, ...] = ()
    """Sentences on what was left out or inferred."""

    @property
    def files(self) -> list[str]:
        """All files that decide what is trained on."""
        masks = [path for pair in self.pairs for _, path in pair.masks]
        return sorted({"dataset.json", *self.lists, *masks, *(pair.image for pair in self.pairs)})
