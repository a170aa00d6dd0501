"""What the values of masks mean: from what is known before and what the masks hold to a task and a table of classes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from segsweep.core.task import IGNORE, MAX_CLASSES, Task, TaskKind
from segsweep.data.errors import Problem
from segsweep.data.masks import Coding, TruthTable, unpack
from segsweep.data.pairs import label_errors as errors
from segsweep.data.pairs.label_spec import LabelSpec
from segsweep.data.pairs.scan import MaskFacts


@dataclass(frozen=True)
class Labels:
    """The task, the class of every raw mask value, and what was inferred."""

    task: Task
    table: TruthTable
    notes: tuple[str, ...]


def find_labels(
    spec: LabelSpec, train: Sequence[MaskFacts], every: Sequence[MaskFacts]
) -> tuple[Labels | None, list[Problem]]:
    """Decide the task and what each mask value means.

    Args:
        spec: What config and dataset.json say.
        train: Masks of the training split; what the spec leaves open is inferred from them.
        every: Masks of all splits; all of them must hold known values.
    Returns:
        The labels, or None where the masks leave them open; and the problems.
    """
    if spec.palette is None and (uncoded := [problem for mask in every for problem in _needs_palette(mask)]):
        return None, uncoded[:1]
    task, notes, problems = _find_task(spec, train)
    if task is None:
        return None, problems
    table = TruthTable(_classes(spec, task, every))
    return Labels(task, table, tuple(notes)), _unknown(spec, task, table, every)


def _needs_palette(mask: MaskFacts) -> list[Problem]:
    if mask.coding != "color":
        return []
    by_frequency = sorted(mask.values, key=lambda value: -mask.values[value])
    colors = [unpack(value) for value in by_frequency]
    return [] if all(len(set(color)) == 1 for color in colors) else [errors.palette_needed(mask.path, colors)]


def _find_task(spec: LabelSpec, train: Sequence[MaskFacts]) -> tuple[Task | None, list[str], list[Problem]]:
    if spec.kind == "multilabel":
        names = spec.class_names or ()
        note = f"The masks lie in one folder per class: a multilabel task of {', '.join(names)}."
        return Task("multilabel", names), [] if spec.num_classes else [note], []
    if spec.num_classes is not None or spec.kind == "binary":
        kind = spec.kind or ("binary" if spec.num_classes == 2 else "multiclass")
        return Task(kind, spec.class_names or _names(kind, spec.num_classes or 2)), [], []
    values = _plain_values(train) - {spec.ignore_index}
    if values <= {0}:
        return None, [], [errors.no_foreground()]
    if spec.kind is None and (values <= {0, 1} or values == {0, 255}):
        note = f"The masks hold {' and '.join(map(str, sorted(values)))}: a binary task, background and foreground."
        return Task("binary", _names("binary", 2)), [note], []
    if max(values) >= MAX_CLASSES:
        return None, [], _too_high(values, train)
    return Task("multiclass", _names("multiclass", max(values) + 1)), [_inferred(max(values) + 1, spec)], []


def _too_high(values: set[int], train: Sequence[MaskFacts]) -> list[Problem]:
    """Refuse to infer classes from values of which one is 255 or more."""
    num_classes = min(max(values - {255}, default=0) + 1, MAX_CLASSES)
    unknown = sorted(value for value in values if value >= num_classes)
    files = [mask.path for mask in train if any(value in mask.values for value in unknown)]
    return errors.unknown_values(files, unknown, num_classes, binary=False, multilabel=False)


def _inferred(num_classes: int, spec: LabelSpec) -> str:
    found = f"{num_classes} classes found in the masks (0 to {num_classes - 1})."
    if spec.ignore_index is not None:
        return f"{found} Value {spec.ignore_index} is ignored."
    return f"{found} If one of them marks unlabelled pixels: data.ignore_index={num_classes - 1}"


def _names(kind: TaskKind, num_classes: int) -> tuple[str, ...]:
    if kind == "binary":
        return ("background", "foreground")
    return tuple(f"class_{index}" for index in range(num_classes))


def _plain_values(masks: Iterable[MaskFacts]) -> set[int]:
    """Return the values of index and gray masks, and of color masks that are gray throughout."""
    return {unpack(value)[0] if mask.coding == "color" else value for mask in masks for value in mask.values}


def _classes(spec: LabelSpec, task: Task, every: Sequence[MaskFacts]) -> dict[Coding, dict[int, int]]:
    """Return the class of each raw value, for each way of storing it."""
    if task.kind == "multilabel":
        index = {0: 0, 1: 1, 255: 1}
    elif spec.values is not None:
        index = dict(spec.values)
    elif _is_0_255(spec, task, every):
        index = {0: 0, 255: 1}
    else:
        index = {value: value for value in range(len(task.class_names))}
    if spec.ignore_index is not None:
        index[spec.ignore_index] = IGNORE
    gray = index
    color = {value * 0x010101: class_index for value, class_index in index.items() if value < 256}
    if spec.palette is not None and task.kind != "multilabel":
        color = {red << 16 | green << 8 | blue: i for i, (red, green, blue) in enumerate(spec.palette)}
        if spec.gray_palette:
            gray = {shade[0]: i for i, shade in enumerate(spec.palette)}
            gray |= {} if spec.ignore_index is None else {spec.ignore_index: IGNORE}
    if spec.ignore_color is not None:
        red, green, blue = spec.ignore_color
        color[red << 16 | green << 8 | blue] = IGNORE
        gray = gray | ({red: IGNORE} if spec.gray_palette and red == green == blue else {})
    return {"index": index, "gray": gray, "color": color}


def _is_0_255(spec: LabelSpec, task: Task, every: Sequence[MaskFacts]) -> bool:
    """Whether 255 is the foreground of all masks; with a 1 anywhere it is not, and must be named as ignored."""
    values = _plain_values(every)
    return task.kind == "binary" and spec.ignore_index != 255 and 255 in values and 1 not in values


def _unknown(spec: LabelSpec, task: Task, table: TruthTable, every: Sequence[MaskFacts]) -> list[Problem]:
    problems: list[Problem] = []
    files: list[str] = []
    values: set[int] = set()
    for mask in every:
        unknown = table.unknown(mask.coding, mask.values)
        if unknown and mask.coding == "color" and spec.palette is not None:
            problems.append(errors.unknown_color(mask.path, [unpack(value) for value in unknown]))
        elif unknown and spec.values is not None:
            problems.append(errors.not_of_layout(mask.path, unknown, list(spec.values)))
        elif unknown:
            files.append(mask.path)
            values |= {unpack(value)[0] if mask.coding == "color" else value for value in unknown}
    if files:
        binary, multilabel = task.kind == "binary", task.kind == "multilabel"
        problems += errors.unknown_values(
            files, sorted(values), len(task.class_names), binary=binary, multilabel=multilabel
        )
    return problems
