"""What the sweep notes on its trials and its study; no other module knows the keys, which older sweeps have too."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from segsweep.sweep.queue.patience import STORAGE, patiently

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial

_HEARTBEAT = "beat:"
_KEYS = {"index": "ticket"}
"""Notes whose key in the storage is another word; every other note has its own name as its key."""


@dataclass(frozen=True)
class TrialNotes:
    """What the sweep noted on a trial."""

    index: int | None = None
    """Number of the run in the plan; a retry is a further trial of the same one. None: a trial that is not ours."""
    run: str | None = None
    """Name of the run's folder; None before it was begun."""
    overrides: tuple[str, ...] = ()
    """What the run sets beyond what all runs share."""
    worker: str | None = None
    """The sweep process that claimed it."""
    attempts: int = 0
    """How often the run was lost and started again."""
    reason: str | None = None
    """Why it failed, or was pruned."""
    incompatible: bool = False
    """Whether its combination cannot be trained."""
    draws: int = 0
    """How often, in a row, the sampler had proposed before what cannot be trained."""


class Changes(TypedDict, total=False):
    """Notes that are written, by the names of `TrialNotes`."""

    index: int
    run: str
    overrides: list[str]
    worker: str
    attempts: int
    reason: str
    incompatible: bool
    draws: int


def notes_of(trial: "FrozenTrial") -> TrialNotes:
    """Return what the sweep noted on a trial."""
    found = trial.user_attrs
    return TrialNotes(
        index=found.get("ticket"),
        run=found.get("run") or None,
        overrides=tuple(found.get("overrides") or ()),
        worker=found.get("worker"),
        attempts=found.get("attempts") or 0,
        reason=found.get("reason"),
        incompatible=bool(found.get("incompatible")),
        draws=found.get("draws") or 0,
    )


def given_params(trial: "FrozenTrial") -> Mapping[str, Any]:
    """Return the parameters that a trial was queued with: all of them in a grid, none where a sampler proposes."""
    found: Mapping[str, Any] = trial.system_attrs.get("fixed_params", {})
    return found


def attributes(**notes: Unpack[Changes]) -> dict[str, Any]:
    """Return notes as the user attributes of a new trial."""
    return {_KEYS.get(name, name): value for name, value in notes.items()}


def write_notes(study: "Study", trial: "FrozenTrial", **notes: Unpack[Changes]) -> None:
    """Write notes on a trial; those that are not named stay."""
    storage = study._storage
    for key, value in attributes(**notes).items():
        patiently(lambda: storage.set_trial_user_attr(trial._trial_id, key, value), STORAGE)  # noqa: B023


def heartbeats(study: "Study") -> dict[str, float]:
    """Return the last sign of life of each worker, by its own clock."""
    found = patiently(lambda: study.user_attrs, STORAGE)
    return {key.removeprefix(_HEARTBEAT): value for key, value in found.items() if key.startswith(_HEARTBEAT)}


def write_heartbeat(study: "Study", worker: str) -> None:
    """Leave a sign of life for processes on other hosts."""
    patiently(lambda: study.set_user_attr(_HEARTBEAT + worker, time.time()), STORAGE)
