"""Which runs have the same data and the same file of weights, wherever these lay: by content, never by a path."""

import hashlib
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from segsweep.report.read.model import RunFacts
from segsweep.report.read.settings import configuration_key

_WEIGHTS = "encoder.weights"


def recognize(runs: Sequence[RunFacts]) -> list[RunFacts]:
    """Return the runs with their data, and with keys that are equal for equal settings, data and weights only.

    What an older record does not hold is taken from the others if they leave no doubt: runs that noted no content of
    their files are on the data of those with the same names, sizes and masks, as long as these all had one content.

    Args:
        runs: All runs of a report.
    """
    data, weights = _data_of(runs), _weights_of(runs)
    found = []
    for run, own, shown in zip(runs, data, weights, strict=True):
        settings = dict(run.settings) | ({} if shown is None else {_WEIGHTS: shown})
        found.append(replace(run, settings=settings, data=own, key=configuration_key({**settings, "data": own})))
    return found


def _data_of(runs: Sequence[RunFacts]) -> list[str]:
    files = [_files(run) for run in runs]
    contents = [run.record.data.content_fingerprint for run in runs]
    held = _values(zip(files, contents, strict=True))
    exact = [
        None if own is None else (own, content if len(held.get(own, ())) > 1 else None)
        for own, content in zip(files, contents, strict=True)
    ]
    by_place = _values((_settings(run, with_root=True), own) for run, own in zip(runs, exact, strict=True))
    by_settings = _values((_settings(run), own) for run, own in zip(runs, exact, strict=True))
    found = []
    for run, own in zip(runs, exact, strict=True):  # one that failed early knows no files, only what was typed
        known = own or _only(by_place.get(_settings(run, with_root=True))) or _only(by_settings.get(_settings(run)))
        found.append("" if known is None else hashlib.sha256(repr(known).encode()).hexdigest()[:12])
    return found


def _files(run: RunFacts) -> Hashable:
    """Return what every version noted of a run's files; None where it failed before they were read.

    The fingerprint of data that was dealt into folds covers the fold, which differs between replicates; those are held
    together by the settings and the size of the data.
    """
    data = run.record.data
    if data.fingerprint is None or run.record.setting("data.fold") is None:
        return data.fingerprint
    images = data.num_images
    return _settings(run), images.get("train", 0) + images.get("val", 0), images.get("test")


def _settings(run: RunFacts, *, with_root: bool = False) -> tuple[Hashable, ...]:
    own = tuple(sorted((key, str(value)) for key, value in run.settings.items() if key.startswith("data.")))
    return (*own, run.record.setting("data.root")) if with_root else own


def _weights_of(runs: Sequence[RunFacts]) -> list[str | None]:
    """Return what a file of weights is called, by the name under which it was met first; None where none was noted."""
    digests = [run.record.training.encoder_weights for run in runs]
    typed = [run.settings.get(_WEIGHTS) for run in runs]
    held = _values(zip(typed, digests, strict=True))
    known = [own or _only(held.get(name)) for name, own in zip(typed, digests, strict=True)]
    names: dict[Any, str] = {}
    for name, digest in zip(typed, known, strict=True):
        if digest is not None:
            names.setdefault(digest, f"{PurePath(str(name)).name} ({str(digest)[:8]})")
    return [None if digest is None else names[digest] for digest in known]


def _values(pairs: Iterable[tuple[Hashable, Hashable]]) -> Mapping[Hashable, set[Hashable]]:
    """Gather the known values of each key."""
    found: dict[Hashable, set[Hashable]] = {}
    for key, value in pairs:
        if value is not None:
            found.setdefault(key, set()).add(value)
    return found


def _only(values: set[Hashable] | None) -> Hashable:
    return next(iter(values)) if values is not None and len(values) == 1 else None
