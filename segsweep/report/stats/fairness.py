"""Which runs may stand in one table, and what a reader must know of those that do."""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

from segsweep.core.text import plural
from segsweep.report.read.model import Configuration, Excluded, RunFacts
from segsweep.runs.comparable import meaning_of
from segsweep.runs.record import RunRecord


class Shared(NamedTuple):
    """What is equal in all runs of a table, so that their numbers mean the same."""

    version: int
    data: Hashable
    split: str | None
    task: str | None
    class_names: tuple[str, ...]
    ignored: int | None
    counted_at: str
    meaning: str

    def differences(self, other: "Shared", metric: str) -> list[str]:
        """Return in words what differs."""
        words = (
            "the version of the record",
            "the data",
            "the split tested",
            "the task",
            "the classes",
            "the ignored value",
            "where pixels are counted",
            f"what {metric} means",
        )
        return [subject for subject, own, others in zip(words, self, other, strict=True) if own != others]


def shared_by(run: RunFacts, metric: str) -> Shared:
    """Return what must be equal in all runs of a table."""
    record = run.record
    return Shared(
        version=record.schema_version,
        data=run.data,
        split=record.training.tested_split if metric.startswith("test/") else "val",
        task=record.data.task,
        class_names=record.data.class_names,
        ignored=record.setting("data.ignore_index"),
        counted_at=_counted_at(record),
        meaning=meaning_of(metric, record),
    )


def tables_of(runs: Sequence[RunFacts], metric: str) -> list[list[RunFacts]]:
    """Divide runs into those that may stand in one table, the largest table first."""
    tables: dict[Shared, list[RunFacts]] = {}
    for run in runs:
        tables.setdefault(shared_by(run, metric), []).append(run)
    return sorted(tables.values(), key=len, reverse=True)


def place_excluded(excluded: Sequence[Excluded], tables: Sequence[Sequence[RunFacts]]) -> list[list[Excluded]]:
    """Give each run that is not averaged to the largest table of runs on the same data; the last list takes the rest.

    A run that failed early may have nothing of its data but the settings.
    """
    data_of = [{(data, _data_settings(run)) for run in members for data in (run.data, "")} for members in tables]
    placed: list[list[Excluded]] = [[] for _ in range(len(tables) + 1)]
    for item in excluded:
        assert item.run is not None  # these runs have a record
        data = (item.run.data, _data_settings(item.run))
        place = next((number for number, known in enumerate(data_of) if data in known), len(tables))
        placed[place].append(item)
    return placed


def _data_settings(run: RunFacts) -> tuple[tuple[str, object], ...]:
    return tuple((key, value) for key, value in run.settings.items() if key.startswith("data."))


def _counted_at(record: RunRecord) -> str:
    """Return where pixels are counted; the size that the network saw matters only where masks are brought to it."""
    if record.setting("resolution.count_at") != "input":
        return "the stored size"
    size = record.setting("resolution.eval_size")
    if size == "same":
        return f"{record.setting('resolution.height')}x{record.setting('resolution.width')}"
    return f"{size}"


def title_of(run: RunFacts, metric: str) -> str:
    """Say what all runs of a table share."""
    record = run.record
    split = (record.training.tested_split or "test") if metric.startswith("test/") else "val"
    images = record.data.num_images.get(split)
    number = "" if images is None else f", {images} images"
    return f"{record.setting('data.name')}: {split}{number}, pixels counted at {_counted_at(record)}"


def leak_cautions(runs: Sequence[RunFacts]) -> list[str]:
    """Say which images, or groups of them, are in two splits of the data, which makes the later one easier."""
    most: dict[tuple[str, str], int] = {}
    for run in runs:
        data = run.record.data
        for what, shared in (("image", data.shared_between_splits), ("group", data.groups_between_splits)):
            for splits, number in shared.items():
                most[what, splits] = max(number, most.get((what, splits), 0))
    return [
        f"{plural(number, what)} of {second} "
        f"{'is' if number == 1 else 'are'} in {first} too: scores on {second} are better than on new images."
        for (what, splits), number in most.items()
        for first, _, second in [splits.partition("-")]
    ]


def _commit(record: RunRecord) -> str:
    commit = record.environment.git_commit
    dirty = " with changes" if record.environment.git_dirty else ""
    return f"{str(commit)[:8]}{dirty}" if commit else "none"


def _budget(record: RunRecord) -> str:
    epochs = record.setting("trainer.max_epochs")
    images = record.training.images_per_epoch or _images_per_epoch(record)
    return f"{epochs} epochs" if images is None or epochs is None else f"{epochs} epochs, {epochs * images} images seen"


def _images_per_epoch(record: RunRecord) -> int | None:
    """Return what a record of an earlier version does not say: images that fill no batch are not seen."""
    images, batch = record.data.num_images.get("train"), record.setting("trainer.batch_size")
    return images if not images or not batch else max(images // batch, 1) * min(images, batch)


MARKS: dict[str, Callable[[RunRecord], str]] = {
    "commit": _commit,
    "budget": _budget,
    "precision": lambda record: str(record.training.precision),
    "device": lambda record: f"{record.environment.num_devices or 1} x {record.environment.device}",
    "segsweep": lambda record: str(record.environment.packages.get("segsweep")),
    "torch": lambda record: str(record.environment.packages.get("torch")),
}
"""What does not forbid a comparison, and may still explain a difference."""


def marks_of(configurations: Sequence[Configuration]) -> tuple[list[tuple[str, ...]], list[str]]:
    """Mark the configurations whose runs differ from most, and say in a sentence what differs.

    Returns:
        The marks of each configuration, such as "precision 32", and one sentence per subject.
    """
    marks: list[list[str]] = [[] for _ in configurations]
    notes = []
    for subject, of in MARKS.items():
        found = [Counter(of(run.record) for run in configuration.runs) for configuration in configurations]
        total: Counter[str] = sum(found, Counter())
        if len(total) < 2:
            continue
        usual = total.most_common(1)[0][0]
        for own, values in zip(marks, found, strict=True):
            own += [f"{subject} {value}" for value in values if value != usual]
        shares = ", ".join(f"{value} in {plural(count, 'run')}" for value, count in total.most_common(4))
        more = f", and {len(total) - 4} more" if len(total) > 4 else ""
        notes.append(f"Not all runs have the same {subject}: {shares}{more}")
    return [tuple(own) for own in marks], notes
