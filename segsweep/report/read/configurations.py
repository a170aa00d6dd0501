"""From runs to configurations: replicates come together, and what cannot be averaged is set aside."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from segsweep.report.read.axes import find_axes
from segsweep.report.read.metrics import metric_title
from segsweep.report.read.model import Axis, Configuration, Excluded, RunFacts
from segsweep.report.read.settings import headline

_ALWAYS_SAID = ("model", "encoder", "resolution")


@dataclass(frozen=True)
class Grouped:
    """The runs of a table by configuration."""

    ranked: tuple[Configuration, ...]
    """Those with at least one run that has the metric, none of whose replicates was pruned."""
    pruned: tuple[Configuration, ...]
    """Those whose other replicates were pruned: what survives looks better than the configuration is."""
    without: tuple[Configuration, ...]
    """Those without, for the empty cells of a table."""
    axes: tuple[Axis, ...]
    notes: tuple[str, ...]


def sort_out(runs: Sequence[RunFacts], metric: str) -> tuple[list[RunFacts], list[Excluded]]:
    """Divide runs into those that are averaged and those that are only listed, with the reason."""
    complete = [run for run in runs if run.record.status == "complete"]
    excluded = [
        Excluded(run.folder, run.record.status, run.record.reason or "no reason was recorded", run)
        for run in runs
        if run.record.status != "complete"
    ]
    scored = [run for run in complete if run.record.metrics.get(metric) is not None]
    excluded += [
        Excluded(run.folder, "unscored", f"{metric_title(metric)} ({metric}) is undefined or was not measured", run)
        for run in complete
        if run.record.metrics.get(metric) is None
    ]
    newest: dict[object, RunFacts] = {}
    for run in sorted(scored, key=lambda run: (run.record.finished, run.name)):
        newest[(run.key, run.replicate)] = run
    excluded += [
        Excluded(run.folder, "repeated", f"the same seed was run again later: {kept.name} counts", run)
        for run in scored
        if (kept := newest[(run.key, run.replicate)]) is not run
    ]
    return list(newest.values()), excluded


def group_runs(counted: Sequence[RunFacts], excluded: Sequence[Excluded]) -> Grouped:
    """Bring runs together by configuration, and find what tells the configurations apart.

    Args:
        counted: The runs that are averaged.
        excluded: The runs that are listed.
    """
    by_key: dict[str, list[RunFacts]] = {}
    set_aside: dict[str, list[Excluded]] = {}
    samples: dict[str, RunFacts] = {}
    for run in counted:
        by_key.setdefault(run.key, []).append(run)
        samples.setdefault(run.key, run)
    for item in excluded:
        if item.run is not None:
            set_aside.setdefault(item.run.key, []).append(item)
            samples.setdefault(item.run.key, item.run)
    axes, values, notes = find_axes(
        list(samples.values()), {place for place, key in enumerate(samples) if key in by_key}
    )
    labels = _labels(list(samples.values()), values, by_key)
    found = [
        Configuration(
            key,
            label,
            own,
            tuple(sorted(by_key.get(key, ()), key=lambda run: (run.replicate[0], run.replicate[1] or 0))),
            tuple(set_aside.get(key, ())),
        )
        for key, label, own in zip(samples, labels, values, strict=True)
    ]
    scored = [configuration for configuration in found if configuration.runs]
    ranked = [configuration for configuration in scored if not configuration.num_pruned] or scored
    return Grouped(
        tuple(ranked),
        tuple(configuration for configuration in scored if configuration not in ranked),
        tuple(configuration for configuration in found if not configuration.runs),
        tuple(axes),
        tuple(notes),
    )


def _labels(samples: Sequence[RunFacts], values: Sequence[Mapping[str, str]], scored: Collection[str]) -> list[str]:
    """Name configurations; those that would have the same name get their key, but for the only one with a score."""
    labels = [_label(run, own) for run, own in zip(samples, values, strict=True)]
    often = Counter(labels)
    often_scored = Counter(label for run, label in zip(samples, labels, strict=True) if run.key in scored)
    return [
        f"{label} ({run.key})" if often[label] > 1 and (run.key not in scored or often_scored[label] > 1) else label
        for run, label in zip(samples, labels, strict=True)
    ]


def _label(run: RunFacts, values: Mapping[str, str]) -> str:
    """Name a configuration as one says it: arch/encoder, or arch alone, its size where sizes differ, and the rest."""
    words = f"{headline('model', run.settings)}"
    if "encoder.name" in run.settings:
        words += f"/{headline('encoder', run.settings)}"
    if any("resolution" in name.split(" & ") for name in values):
        words += f" at {headline('resolution', run.settings)}"
    rest = []
    for name, value in values.items():
        names, parts = name.split(" & "), value.split(", ")
        if len(names) != len(parts):
            names, parts = [name], [value]
        rest += [f"{own} {part}" for own, part in zip(names, parts, strict=True) if own not in _ALWAYS_SAID]
    return ", ".join([words, *rest])
