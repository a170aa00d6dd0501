"""A race of configurations: which get another seed, which leave, and when it is settled."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import NormalDist

import numpy as np

from segsweep.stats.decisions import Array, Decision, Ended, Kind, Rules, Standing
from segsweep.stats.verdicts import OPEN, Judged, judge

_MOVES = 2.0
"""Standard errors by which a difference may still move while seeds are added."""


def hold_race(
    number: int,
    ended: Ended,
    rules: Rules,
    *,
    is_grouped: bool = False,
    known: dict[object, Judged] | None = None,
) -> Standing:
    """Decide what can be decided by the runs that have ended, from the first look on.

    A look sees the same runs whenever it is taken: those that are wanted by then, and none that came before their
    turn. So all processes that share a race decide alike, and one that begins anew finds the decisions again.

    Args:
        number: How many configurations race.
        ended: The runs that have ended.
        rules: What the race is held by.
        is_grouped: Whether a score is that of a group of images.
        known: Comparisons of earlier calls, which need not be made again; it is added to.
    """
    race = _Race(ended, rules, is_grouped, {} if known is None else known, tuple(range(number)), tuple(range(number)))
    for seeds in rules.looks:
        race.leave(seeds)
        if wanted := race.missing(race.active, range(seeds)):
            order = sorted(race.active, key=race.mean_so_far, reverse=True)
            return Standing(wanted, race.missing(order, range(seeds, min(seeds + 1, rules.most))), race.log())
        if race.look(seeds):
            break
    return Standing(decisions=race.log())


@dataclass
class _Race:
    """A race while it is held again."""

    ended: Ended
    rules: Rules
    is_grouped: bool
    known: dict[object, Judged]
    racing: tuple[int, ...]
    """Those that have not left."""
    active: tuple[int, ...]
    """Those of them that get seeds."""
    seeds: dict[int, int] = field(default_factory=dict)
    """Of each, how many have been looked at."""
    stands: dict[int, Decision] = field(default_factory=dict)
    """The last decision about each."""
    decisions: list[Decision] = field(default_factory=list)

    def log(self) -> tuple[Decision, ...]:
        return tuple(self.decisions)

    def missing(self, configurations: Sequence[int], places: range) -> tuple[tuple[int, int], ...]:
        runs = ((each, place) for place in places for each in configurations)
        return tuple(run for run in runs if run not in self.ended)

    def mean_so_far(self, configuration: int) -> float:
        """Return the mean of all runs that have ended."""
        runs = (self.ended.get((configuration, place)) for place in range(self.rules.most))
        return float(np.mean([run.mean() for run in runs if isinstance(run, np.ndarray)] or [-math.inf]))

    def leave(self, seeds: int) -> None:
        """Take out those of which a run failed."""
        for each in self.active:
            runs = [self.ended.get((each, place)) for place in range(seeds)]
            if reasons := [run for run in runs if isinstance(run, str)]:
                self.decide(Decision(seeds, "out", each, reason=reasons[0]))
                self.racing = tuple(other for other in self.racing if other != each)
        self.active = tuple(each for each in self.active if each in self.racing)

    def decide(self, decision: Decision) -> None:
        """Log a decision that is news."""
        before = self.stands.get(decision.configuration)
        self.stands[decision.configuration] = decision
        if before is None or (before.kind, before.against) != (decision.kind, decision.against):
            self.decisions.append(decision)

    def look(self, seeds: int) -> bool:
        """Compare those that race, and decide who goes on; returns whether the race is over."""
        self.seeds |= dict.fromkeys(self.active, seeds)
        if len(self.racing) < 2:
            reason = "no other is left" if self.racing else "no configuration is left"
            return self.end(seeds, "settled" if self.racing else "not settled", *self.racing[:1], reason=reason)
        judged = self.judged(seeds)
        order = sorted(self.racing, key=self.mean_of, reverse=True)
        pairs = _Pairs(judged, tuple(self.seeds))
        for place, each in enumerate(order):
            if better := [other for other in order[:place] if pairs.is_worse(each, other)]:
                self.decide(pairs.decision("worse", seeds, each, better[0]))
        leader, *others = [each for each in order if not self.is_worse(each)]
        self.racing = (leader, *others)
        for each in others:
            self.decide(pairs.decision(self.kind_of(pairs, each, leader), seeds, each, leader))
        self.active = (leader, *(each for each in others if self.stands[each].kind == "unknown"))
        return self.over(seeds, leader, others, pairs)

    def kind_of(self, pairs: "_Pairs", each: int, leader: int) -> Kind:
        if pairs.is_equal(each, leader):
            return "equal"
        if pairs.obstacle():
            return "undecidable"
        seeds, rivals = min(self.seeds[each], self.seeds[leader]), len(self.racing) - 1
        may_decide = seeds == self.rules.most or pairs.seeds_may_decide(each, leader, seeds, rivals, self.rules)
        return "unknown" if may_decide else "undecidable"

    def over(self, seeds: int, leader: int, others: Sequence[int], pairs: "_Pairs") -> bool:
        """Tell whether the race is over, and log why."""
        kinds = {self.stands[each].kind for each in others}
        if not kinds:
            return self.end(seeds, "settled", leader, reason="every other is worse")
        if kinds == {"equal"}:
            return self.end(seeds, "settled", leader, reason="every other is worse, or equal within the margin")
        if "unknown" not in kinds:
            return self.end(seeds, "not settled", leader, reason=pairs.obstacle() or "more seeds would not decide")
        if seeds == self.rules.most:
            return self.end(seeds, "not settled", leader, reason=f"{seeds} seeds are spent")
        return False

    def end(self, seeds: int, kind: Kind, leader: int = -1, *, reason: str) -> bool:
        """Log how the race ended, after the last numbers of those that are not worse."""
        last = [self.stands[each] for each in self.racing if each in self.stands and each != leader]
        self.decisions += [each for each in last if each not in self.decisions]
        self.decisions.append(Decision(seeds, kind, leader, reason=reason))
        return True

    def is_worse(self, configuration: int) -> bool:
        found = self.stands.get(configuration)
        return found is not None and found.kind == "worse"

    def scores(self, configuration: int) -> Array:
        runs = [self.ended[configuration, place] for place in range(self.seeds[configuration])]
        return np.stack([run for run in runs if isinstance(run, np.ndarray)])

    def mean_of(self, configuration: int) -> float:
        return float(self.scores(configuration).mean())

    def judged(self, seeds: int) -> Judged:
        """Compare those that race; those that left still tell how much runs differ."""
        level, racing = self.rules.level_at(seeds), sorted(self.racing)
        key = (level, tuple(racing), tuple(self.seeds.items()))
        if key not in self.known:
            self.known[key] = judge(
                [self.scores(each) for each in self.seeds],
                is_grouped=self.is_grouped,
                margin=self.rules.margin,
                level=level,
                draws=self.rules.draws,
                compared=[place for place, each in enumerate(self.seeds) if each in self.racing],
            )
        return self.known[key]


@dataclass(frozen=True)
class _Pairs:
    """The comparisons of a look, by the numbers of the configurations."""

    judged: Judged
    numbers: tuple[int, ...]

    def _at(self, a: int, b: int) -> tuple[int, float]:
        """Return the place of a pair, and the sign that its numbers take for a against b."""
        first, second = self.numbers.index(a), self.numbers.index(b)
        if first < second:
            return self.judged.pairs.index((first, second)), 1.0
        return self.judged.pairs.index((second, first)), -1.0

    def decision(self, kind: Kind, seeds: int, each: int, against: int) -> Decision:
        """Return a decision with the numbers of its comparison."""
        place, sign = self._at(each, against)
        low, high = sorted((sign * float(self.judged.low[place]), sign * float(self.judged.high[place])))
        return Decision(seeds, kind, each, against, sign * float(self.judged.difference[place]), low, high)

    def is_worse(self, each: int, other: int) -> bool:
        """Tell whether one is shown to be worse than another."""
        place, sign = self._at(each, other)
        return self.judged.verdicts[place] == ("worse" if sign > 0 else "better")

    def is_equal(self, each: int, other: int) -> bool:
        """Tell whether two are shown to be equal within the margin."""
        return self.judged.verdicts[self._at(each, other)[0]] == "equal"

    def obstacle(self) -> str:
        """Return why nothing can be known of any pair; empty where something can."""
        reasons = set(self.judged.reasons)
        return reasons.pop() if len(reasons) == 1 and not reasons & {"", OPEN} else ""

    def seeds_may_decide(self, each: int, leader: int, seeds: int, rivals: int, rules: Rules) -> bool:
        """Tell whether seeds up to the most may still show a difference, or that there is none.

        To stop where they hardly will does not make wrong decisions likelier.

        Args:
            each: A configuration.
            leader: The one with the highest mean.
            seeds: How many of the two have been looked at.
            rivals: How many the leader has.
            rules: What the race is held by.
        """
        place = self._at(each, leader)[0]
        of_seeds = float(self.judged.seed_variance[place])
        lasting = float(self.judged.lasting_variance[place])
        now, then = lasting + of_seeds / seeds, lasting + of_seeds / rules.most
        if now <= 0:
            return False
        seen, moves = abs(float(self.judged.difference[place])), _MOVES * math.sqrt(now - then)
        half = NormalDist().inv_cdf(1 - rules.level_at(rules.most) / 2 / rivals) * math.sqrt(then)
        return seen + moves > half or max(seen - moves, 0.0) + half < rules.margin
