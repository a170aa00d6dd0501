"""A sweep as it stands at one moment, in plain values."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from segsweep.core.pareto import pareto_front

State = Literal["running", "complete", "pruned", "failed", "incompatible", "waiting"]
STATES: tuple[State, ...] = get_args(State)
"""In the order in which they are counted out."""


MANY_DIGITS = 8


@dataclass(frozen=True)
class RunView:
    """One run of a sweep."""

    number: int
    """Of its trial."""
    state: State
    overrides: tuple[str, ...] = ()
    """What this run sets; empty where it is not decided yet."""
    run: str | None = None
    """Name of its folder in the folder of runs; None before it was started."""
    folder: Path | None = None
    epoch: int | None = None
    """Epochs that are done."""
    max_epochs: int | None = None
    metric: float | None = None
    """Best value of the monitored metric so far."""
    values: tuple[float, ...] = ()
    """Of the objectives, in their order; empty unless complete."""
    reason: str | None = None
    """Why it failed, was pruned or cannot run; for a running one, what is wrong with it."""
    seconds: float | None = None
    """What it took, or has taken so far."""
    left_s: float | None = None
    """What a running one still takes, by its own epochs; None before the first."""
    started: datetime | None = None
    ended: datetime | None = None
    memory_gib: float | None = None
    """Peak of the device's memory."""

    @property
    def settings(self) -> dict[str, str]:
        """What this run sets, by key; numbers with few digits."""
        parted = (override.partition("=") for override in self.overrides)
        return {key.lstrip("+"): _short(value) for key, _, value in parted}

    @property
    def sets(self) -> str:
        """What this run sets, in one line."""
        return " ".join(f"{key}={value}" if value else key for key, value in self.settings.items())


def _short(value: str) -> str:
    """Round a number of many digits to four that count; the run's record keeps all."""
    if len(value) <= MANY_DIGITS:
        return value
    try:
        return f"{float(value):.4g}"
    except ValueError:
        return value


@dataclass(frozen=True)
class SweepView:
    """A sweep and all its runs, each once: of a repeated one the newest."""

    name: str
    folder: Path
    command: str
    """What to type to begin it, or to go on with it."""
    monitor: str
    mode: str
    """max or min."""
    objectives: Mapping[str, str]
    """Metric to max or min."""
    axes: tuple[str, ...]
    """Swept keys."""
    num_runs: int
    """Planned; of a race at most."""
    slots: int
    """Runs at the same time."""
    runs: tuple[RunView, ...]
    started: datetime | None
    """When the command was started that ran it last."""
    now: datetime
    """When this was read."""
    is_race: bool = False
    """Whether seeds are added where they decide."""
    decisions: tuple[str, ...] = ()
    """What a race has decided so far, each as a line."""

    @property
    def counts(self) -> dict[State, int]:
        """How many runs are in each state; only states that occur."""
        found = Counter(run.state for run in self.runs)
        return {state: found[state] for state in STATES if found[state]}

    def of(self, *states: State) -> list[RunView]:
        """Return the runs that are in one of these states."""
        return [run for run in self.runs if run.state in states]

    @property
    def elapsed_s(self) -> float | None:
        """Seconds since the command was started that ran it last."""
        return max(0.0, (self.now - self.started).total_seconds()) if self.started else None

    @property
    def spent_s(self) -> float:
        """Seconds of all runs together."""
        return sum(run.seconds or 0.0 for run in self.runs)

    def best(self) -> list[RunView]:
        """Return the complete runs that no other beats, best first; for one objective a single one, the earliest."""
        ranked = self.ranked()
        if len(self.objectives) == 1:
            return ranked[:1]
        return [ranked[place] for place in pareto_front([self._rank(run) for run in ranked])]

    def ranked(self) -> list[RunView]:
        """Return the complete runs with a value, best by the first objective first."""
        valued = [run for run in self.runs if run.state == "complete" and len(run.values) == len(self.objectives)]
        return sorted(valued, key=self._rank)

    def _rank(self, run: RunView) -> tuple[float, ...]:
        """Return its values so that less is better."""
        pairs = zip(run.values, self.objectives.values(), strict=True)
        return tuple(-value if mode == "max" else value for value, mode in pairs)


def now() -> datetime:
    """Return this moment, in UTC."""
    return datetime.now(UTC)
