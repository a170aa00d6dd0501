"""What a race is held by, and what it decides."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from segsweep.stats.verdicts import LEVEL, MARGIN

Array = NDArray[np.float64]
Ended = Mapping[tuple[int, int], Array | str]
"""Runs that have ended, by configuration and place of the seed: scores of the images, more is better; or why none."""
Kind = Literal["worse", "equal", "undecidable", "unknown", "out", "settled", "not settled"]


@dataclass(frozen=True)
class Rules:
    """What a race is held by."""

    margin: float = MARGIN
    """Difference that is too small to matter."""
    level: float = LEVEL
    """Probability that any decision of the race is wrong."""
    first: int = 2
    """Seeds of each configuration before the first look: from one run nobody knows what another would give."""
    most: int = 5
    """Seeds of a configuration at most."""
    draws: int | None = None
    """How many draws chance gets in a comparison; None: enough."""

    @property
    def looks(self) -> range:
        """The numbers of seeds at which there is a look."""
        return range(min(self.first, self.most), self.most + 1)

    def level_at(self, seeds: int) -> float:
        """Return what the look at so many seeds may spend of the level.

        Every look may find a difference where there is none. The parts add up to the level, so that all looks together
        do so no more often than one would, whatever they have in common and whenever the race ends.

        Source: Lan, DeMets, Biometrika 1983 (spending as information grows, here in proportion to the seeds).
        """
        new = seeds if seeds == self.looks[0] else 1
        return self.level * new / self.most


@dataclass(frozen=True)
class Decision:
    """What was decided, and why."""

    seeds: int
    """Seeds of those still in the race when it was decided."""
    kind: Kind
    configuration: int
    """Which it is about; of the end of a race the leader, -1 where there is none."""
    against: int = -1
    """What it was compared with; -1 for nothing."""
    difference: float = math.nan
    """Its mean less the other's."""
    low: float = math.nan
    high: float = math.nan
    reason: str = ""
    """Why, where the numbers do not say it."""


@dataclass(frozen=True)
class Standing:
    """How a race stands."""

    wanted: tuple[tuple[int, int], ...] = ()
    """Runs without which nothing more is decided, by configuration and place of the seed."""
    spare: tuple[tuple[int, int], ...] = ()
    """Runs that the next looks may ask for, the likeliest first."""
    decisions: tuple[Decision, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether no further run is wanted."""
        return not self.wanted

    def last(self, configuration: int) -> Decision | None:
        """Return what was decided last about a configuration."""
        about = [each for each in self.decisions if each.configuration == configuration and "settled" not in each.kind]
        return about[-1] if about else None
