"""Finds what really differs between runs: the axes of a sweep, whatever made it."""

import math
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass

from segsweep.config.dotted import MISSING, as_typed
from segsweep.core.errors import nearest
from segsweep.report.errors import axis_unknown
from segsweep.report.read.model import Axis, RunFacts
from segsweep.report.read.settings import NAMED_GROUPS, headline
from segsweep.runs.folder import read_choices

_BY_FILE = ("loss", "augmentation")
"""Groups that are best called by the name of their file in conf/: ce_dice says more than six weights."""


@dataclass(frozen=True)
class Draft:
    """An axis before it is put together: what each configuration has on it."""

    name: str
    keys: tuple[str, ...]
    values: tuple[str, ...]
    """One per configuration, as shown."""

    def partition(self) -> tuple[int, ...]:
        """Return the same as numbers in order of appearance; equal for axes that always change together."""
        return _numbered(self.values)


def find_axes(
    samples: Sequence[RunFacts], ranked: Collection[int] = ()
) -> tuple[list[Axis], list[dict[str, str]], list[str]]:
    """Find the axes along which configurations differ.

    Args:
        samples: One run of each configuration.
        ranked: Numbers of those that stand in the ranking; what is equal in two or more of them is no axis.
    Returns:
        The axes, those of whole groups first; the value of each configuration on each; and sentences on settings that
        only change together with something else.
    """
    drafts = [draft for group in _groups(samples).items() for draft in _axes_of_group(group, samples)]
    if len(ranked) > 1:
        drafts = [draft for draft in drafts if len({draft.values[number] for number in ranked}) > 1]
    drafts, notes = _without_followers(drafts)
    drafts = _bundled(drafts)
    axes = [Axis(draft.name, draft.keys, tuple(sorted(set(draft.values), key=in_order))) for draft in drafts]
    values = [{draft.name: draft.values[number] for draft in drafts} for number in range(len(samples))]
    return axes, values, notes


def choose_axis(name: str, axes: Sequence[Axis]) -> Axis:
    """Return the axis of a name: its own, that of one of its parts, or that of a setting behind it.

    Raises:
        ReportError: If the runs do not differ in that.
    """
    for axis in axes:
        if name == axis.name or name in axis.name.split(_AND) or name in axis.keys:
            return axis
    known = [axis.name for axis in axes]
    raise axis_unknown(name, known, nearest(name, [*known, *(key for axis in axes for key in axis.keys)]))


_AND = " & "


def _groups(samples: Sequence[RunFacts]) -> dict[str, list[str]]:
    """Return the keys that differ, by their group; the groups that have a name of their own come first."""
    keys = dict.fromkeys(key for run in samples for key in run.settings)
    found: dict[str, list[str]] = {group: [] for group in NAMED_GROUPS}
    for key in keys:
        if len({run.settings.get(key, MISSING) for run in samples}) > 1:
            found.setdefault(key.partition(".")[0], []).append(key)
    return {group: differing for group, differing in found.items() if differing}


def _axes_of_group(item: tuple[str, list[str]], samples: Sequence[RunFacts]) -> list[Draft]:
    """Name a group as a whole where its name says all, else also the keys that its name does not say."""
    group, keys = item
    contents = _numbered([tuple(run.settings.get(key, MISSING) for key in keys) for run in samples])
    for name_of in (_file_names, _headlines):
        names = name_of(group, samples, contents)
        if names is not None and _decides(names, contents):
            return [Draft(group, tuple(keys), names)]
    drafts = []
    names = _headlines(group, samples, contents)
    columns = {key: tuple(run.settings.get(key, MISSING) for run in samples) for key in keys}
    said = [key for key in keys if names is not None and _decides(names, columns[key])]
    if names is not None and len(set(names)) > 1:
        drafts.append(Draft(group, tuple(said), names))
    rest = [key for key in keys if key not in said]
    return drafts + _keys_together({key: tuple(as_typed(value) for value in columns[key]) for key in rest})


def _keys_together(columns: Mapping[str, tuple[str, ...]]) -> list[Draft]:
    """Return an axis for each key, and one for keys of a group that always change together."""
    together: dict[tuple[int, ...], list[str]] = {}
    for key, values in columns.items():
        together.setdefault(_numbered(values), []).append(key)
    return [
        Draft(_AND.join(keys), tuple(keys), tuple(", ".join(row) for row in zip(*map(columns.get, keys), strict=True)))
        for keys in together.values()
    ]


def _file_names(group: str, samples: Sequence[RunFacts], contents: Sequence[int]) -> tuple[str, ...] | None:
    """Return the file that each configuration chose; None where nobody noted it. One run of each content is read."""
    if group not in _BY_FILE:
        return None
    names = [read_choices(samples[contents.index(content)].folder).get(group) for content in range(max(contents) + 1)]
    if len(set(names)) < len(names):
        return None
    return tuple(names[content] or "" for content in contents) if all(names) else None


def _headlines(group: str, samples: Sequence[RunFacts], contents: Sequence[int]) -> tuple[str, ...] | None:
    if group not in NAMED_GROUPS:
        return None
    by_content = [headline(group, samples[contents.index(content)].settings) for content in range(max(contents) + 1)]
    return tuple(str(by_content[content]) for content in contents)


def _without_followers(drafts: Sequence[Draft]) -> tuple[list[Draft], list[str]]:
    """Leave out single settings that follow from the choice of another group, such as a learning rate per model."""
    groups = [draft for draft in drafts if draft.name in NAMED_GROUPS]
    kept, notes = [], []
    for draft in drafts:
        leader = next((group for group in groups if draft not in groups and _follows(draft, group)), None)
        if leader is None:
            kept.append(draft)
        else:
            notes.append(f"{draft.name} follows from {leader.name} in these runs: what they do cannot be told apart")
    return kept, notes


def _follows(draft: Draft, leader: Draft) -> bool:
    """Tell whether one axis follows from another that has more values; of equal ones neither follows."""
    return len(set(draft.values)) < len(set(leader.values)) and _decides(leader.values, draft.values)


def _bundled(drafts: Sequence[Draft]) -> list[Draft]:
    """Make one axis of those that always change together."""
    together: dict[tuple[int, ...], list[Draft]] = {}
    for draft in drafts:
        together.setdefault(draft.partition(), []).append(draft)
    return [
        Draft(
            _AND.join(draft.name for draft in same),
            tuple(key for draft in same for key in draft.keys),
            tuple(", ".join(row) for row in zip(*(draft.values for draft in same), strict=True)),
        )
        for same in together.values()
    ]


def _decides(leader: Sequence[Hashable], other: Sequence[Hashable]) -> bool:
    """Tell whether equal values of the first always come with equal values of the other."""
    return len(set(zip(leader, other, strict=True))) == len(set(leader))


def _numbered(values: Sequence[Hashable]) -> tuple[int, ...]:
    numbers: dict[Hashable, int] = {}
    return tuple(numbers.setdefault(value, len(numbers)) for value in values)


def in_order(value: str) -> tuple[float, str]:
    """Return what sorts values: numbers and sizes by size, then words by alphabet."""
    for text in (value, value.partition("x")[0]):
        try:
            return float(text), value
        except ValueError:
            continue
    return math.inf, value
