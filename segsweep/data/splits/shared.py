"""What two splits of a data set have in common: the same image, or images of one group."""

from itertools import combinations

from segsweep.core.text import plural
from segsweep.data.base import Data, Shared
from segsweep.data.spec import DataConfig
from segsweep.data.splits.groups import image_groups

_SHOWN = 3


def shared_between(data: Data, settings: DataConfig) -> Shared:
    """Return the images and the groups that are in two splits; both make the scores of the later one too good.

    Images are the same where their files are, byte for byte; a split without hashes of its files is passed over.
    """
    images: dict[str, int] = {}
    groups: dict[str, int] = {}
    warnings: list[str] = []
    for first, second in combinations(data.splits, 2):
        if same := _same_images(data, first, second):
            images[f"{first}-{second}"] = len(same)
            warnings.append(
                f"{plural(len(same), 'image')} of {second} {'is' if len(same) == 1 else 'are'} in {first} too "
                f"({_some(same)}): take {'it' if len(same) == 1 else 'them'} out of one, or the scores on {second} are "
                "too good"
            )
        if both := _same_groups(data, settings, first, second):
            groups[f"{first}-{second}"] = len(both)
            named = "folders below images/" if settings.group is None else f"data.group={settings.group}"
            warnings.append(
                f"{plural(len(both), 'group')} of images, by {named}, {'is' if len(both) == 1 else 'are'} in {first} "
                f"and in {second} ({_some(both)}): if a group is one patient or video, keep it in one split"
            )
    return Shared(images, groups, tuple(warnings))


def _same_images(data: Data, first: str, second: str) -> list[str]:
    names = [data.splits[first].name(index) for index in range(len(data.splits[first]))]
    known = dict(zip(data.digests.get(first, ()), names, strict=False))
    return [
        f"{data.splits[second].name(index)} is {known[digest]}"
        for index, digest in enumerate(data.digests.get(second, ()))
        if digest in known
    ]


def _same_groups(data: Data, settings: DataConfig, first: str, second: str) -> list[str]:
    both = set(image_groups(data, settings, first)) & set(image_groups(data, settings, second))
    return sorted(group for group in both if group is not None)


def _some(names: list[str]) -> str:
    more = f", and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
