"""Which name of ours stands for which of theirs, in runs that another tool wrote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from segsweep.config.dotted import flatten
from segsweep.core.errors import ReportError, near_hint, nearest
from segsweep.wandb.naming import COSTS, SETTINGS, metric_of, setting_of, tells_runs_apart
from segsweep.wandb.remote import RunInfo

NONE = "none"
"""Stands on our side for a setting that is left out."""
_SPLITS = ("val/", "test/", "train/")
_SHORT = {"model": "model.arch", **{group: f"{group}.name" for group in ("encoder", "data", "optimizer", "scheduler")}}


@dataclass(frozen=True)
class Names:
    """Our names to theirs, which are flat keys of config or summary."""

    settings: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, str] = field(default_factory=dict)
    """Also those of train/, which only curves have."""
    costs: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    """Settings that tell where a run ran, not what it tried."""
    guessed: Mapping[str, str] = field(default_factory=dict)
    """Those of all that nobody gave."""

    def note(self) -> str:
        """Say what was guessed, so that a wrong guess is seen."""
        pairs = ", ".join(f"{ours}={theirs}" for ours, theirs in self.guessed.items() if ours != theirs)
        said = f"Names were guessed for runs that segsweep did not write: {pairs or 'none'}."
        if self.left_out:
            said += f" Not taken as settings: {', '.join(sorted(self.left_out))}."
        return (
            f"{said} Change it with --map OURS=THEIRS. Whether these runs were tested on the same images, nobody has "
            "checked."
        )


def read_pairs(texts: Sequence[str]) -> list[tuple[str, str]]:
    """Read `--map OURS=THEIRS,...`, given once or more.

    Raises:
        ReportError: If it is none.
    """
    pairs = []
    for text in (part.strip() for whole in texts for part in whole.split(",")):
        ours, sign, theirs = (part.strip() for part in text.partition("="))
        if not (ours and sign and theirs):
            raise ReportError(
                f"--map {text!r} is not OURS=THEIRS. Type for instance --map test/dice=test_dice,model=architecture, "
                "or --map none=run_dir for a setting that tells no runs apart"
            )
        pairs.append((_SHORT.get(ours, ours), theirs))
    return pairs


def find_names(runs: Sequence[RunInfo], given: Sequence[tuple[str, str]]) -> Names:
    """Find the names for runs of another tool.

    Args:
        runs: All of them.
        given: Pairs of ours and theirs that come before any guess; ours is a metric with its split, a setting with
            its dots, or `none`.
    Raises:
        ReportError: If no run has a name that was given.
    """
    settings = list(dict.fromkeys(key for run in runs for key in flatten(run.config)))
    results = _results(runs)
    _require_known(given, settings, results)
    wanted = {ours: theirs for ours, theirs in given if ours != NONE}
    taken = {theirs for _, theirs in given}
    free = [name for name in settings if name not in taken]
    guessed = {ours: name for ours in SETTINGS if ours not in wanted and (name := setting_of(ours, free, SETTINGS))}
    guessed = {ours: theirs for ours, theirs in guessed.items() if not _is_said_better(ours, {**guessed, **wanted})}
    scores = _guessed_metrics([name for name, number in results.items() if number and name not in taken], wanted)
    numbers = [*(name for name, number in results.items() if number), *settings]
    costs = {ours: name for ours in COSTS if (name := setting_of(ours, numbers, COSTS))}
    used = {*guessed.values(), *wanted.values(), *costs.values()}
    left_out = {name for name in free if name not in used and not tells_runs_apart(name)}
    return Names(
        settings={**guessed, **{ours: theirs for ours, theirs in wanted.items() if not ours.startswith(_SPLITS)}},
        metrics={**scores, **{ours: theirs for ours, theirs in wanted.items() if ours.startswith(_SPLITS)}},
        costs=costs,
        left_out=frozenset(left_out | {theirs for ours, theirs in given if ours == NONE}),
        guessed={**guessed, **scores},
    )


def _is_said_better(ours: str, names: Mapping[str, str]) -> bool:
    """Tell whether a name is that of another setting too, which comes first: a model's type is not its data's."""
    first = next(other for other, theirs in names.items() if theirs == names[ours])
    return first != ours or (ours == "resolution" and "resolution.height" in names)


def _results(runs: Sequence[RunInfo]) -> dict[str, bool]:
    """Return the names of all results, of which the curves have no others, and whether they are numbers."""
    found: dict[str, bool] = {}
    for run in runs:
        for name, value in flatten(run.summary).items():
            if not name.startswith("_"):
                found[name] = found.get(name, False) or is_number(value)
    return found


def _guessed_metrics(names: Sequence[str], wanted: Mapping[str, str]) -> dict[str, str]:
    """Return our metric to the first name that means it; one that says its split comes first."""
    found: dict[str, str] = {}
    for name in sorted(names, key=lambda name: metric_of(name) != name and not _says_split(name)):
        ours = metric_of(name)
        if ours is not None and ours not in wanted:
            found.setdefault(ours, name)
    return found


def _says_split(name: str) -> bool:
    return metric_of(name) is not None and any(word in name.lower() for word in ("val", "test", "train", "eval"))


def _require_known(given: Sequence[tuple[str, str]], settings: Sequence[str], results: Mapping[str, bool]) -> None:
    for ours, theirs in given:
        pair, known = f"{ours}={theirs}", results if ours.startswith(_SPLITS) else [*settings, *results]
        if theirs not in known:
            hint = near_hint(nearest(theirs, known))
            raise ReportError(f"--map {pair}: no run has {theirs}.{hint} The names are those of its page on W&B.")
        if ours.startswith(_SPLITS) and not results[theirs]:
            raise ReportError(f"--map {pair}: {theirs} is not a number in these runs, so it can be no metric.")


def is_number(value: Any) -> bool:
    """Tell whether a value of W&B is a number; NaN comes as a word, which is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)
