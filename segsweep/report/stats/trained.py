"""Whether runs were trained to the end, and which of them learnt nothing."""

from collections.abc import Sequence
from statistics import median

from segsweep.core.text import plural
from segsweep.report.read.model import Configuration, Direction, RunFacts

_LEAST_SHARE = 0.1
"""Share of the runs from which on it is said that they were best at their last epoch."""
_NOTHING, _ALL = 0.001, 0.999
"""Recall of a class that is never, or always, predicted."""
_FAR_BELOW = 0.5
"""Share of the median of the other replicates below which a run has collapsed."""


def training_cautions(configurations: Sequence[Configuration], metric: str, direction: Direction) -> list[str]:
    """Say how many runs were best at their last epoch, were stopped early, or collapsed.

    Args:
        configurations: Their runs are counted.
        metric: The one that ranks.
        direction: Whether more or less of it is better.
    """
    runs = [run for configuration in configurations for run in configuration.runs]
    known = [run for run in runs if run.record.training.best_epoch and run.record.training.epochs_done]
    last = sum(run.record.training.best_epoch == run.record.training.epochs_done for run in known)
    stopped = sum(bool(run.record.training.stopped_early) for run in known)
    found = []
    if last and last >= _LEAST_SHARE * len(known):
        found.append(
            f"{last} of {plural(len(known), 'run')} were best at their last epoch: longer ones may rank otherwise."
        )
    if stopped:
        found.append(f"Early stopping ended {stopped} of {plural(len(known), 'run')}.")
    collapsed = [item for each in configurations for item in collapsed_runs(each, metric, direction)]
    if collapsed:
        names = "; ".join(f"{run.name} {why}" for run, why in collapsed[:3])
        more = f"; and {len(collapsed) - 3} more" if len(collapsed) > 3 else ""
        found.append(f"{len(collapsed)} of {plural(len(runs), 'run')} collapsed, and are averaged in: {names}{more}.")
    return found


def collapsed_runs(configuration: Configuration, metric: str, direction: Direction) -> list[tuple[RunFacts, str]]:
    """Return the runs that give one class everywhere or lie far below their replicates, each with the reason."""
    values = [run.record.metrics[metric] or 0.0 for run in configuration.runs]
    found = []
    for place, run in enumerate(configuration.runs):
        others = values[:place] + values[place + 1 :]
        if _gives_one_class(run, metric.partition("/")[0]):
            found.append((run, "gives one class everywhere"))
        elif direction == "max" and others and values[place] < _FAR_BELOW * median(others):
            found.append((run, f"has {values[place]:.3f}, its replicates {median(others):.3f}"))
    return found


def _gives_one_class(run: RunFacts, split: str) -> bool:
    """Tell whether a run predicts the same class for every pixel, by its recall of each class."""
    metrics, prefix = run.record.metrics, f"{split}/recall/"
    recalls = [value for name, value in metrics.items() if name.startswith(prefix) and value is not None]
    never, always = (sum(map(test, recalls)) for test in (lambda r: r <= _NOTHING, lambda r: r >= _ALL))
    if len(recalls) != 1:
        return len(recalls) > 1 and never + always == len(recalls) and always <= 1
    accuracy, precision = metrics.get(f"{split}/accuracy"), metrics.get(f"{split}/precision")
    if not always or accuracy is None or precision is None:
        return bool(never)
    return accuracy < _ALL and abs(accuracy - precision) <= _NOTHING  # everything is taken for the class
