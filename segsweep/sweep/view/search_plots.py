"""Optuna's pictures of a search, made readable: sizes that fit the names, long names turned and shortened."""

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from optuna.importance import PedAnovaImportanceEvaluator
from optuna.visualization import matplotlib as optuna_plots

from segsweep.plots.canvas import save, shown
from segsweep.plots.palette import GRID

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial

LONGEST = 28
"""Characters of a name in a picture."""
_WIDEST_IN = 40.0
_FEWEST_BEST = 5


def varying_params(trials: "Iterable[FrozenTrial]") -> list[str]:
    """Return the parameters that took at least two values."""
    values: dict[str, set[Any]] = {}
    for trial in trials:
        for name, value in trial.params.items():
            values.setdefault(name, set()).add(value)
    return [name for name, taken in values.items() if len(taken) > 1]


def history(study: "Study", metric: str, path: Path) -> None:
    """Draw the objective of each trial, and the best up to it."""
    axes = optuna_plots.plot_optimization_history(study, target_name=metric)
    axes.legend(loc="best", frameon=False)
    _save(axes, f"{metric} of each trial", path, width_in=8.0, height_in=4.5)


def pareto(study: "Study", metrics: Sequence[str], path: Path) -> None:
    """Draw two or three objectives against each other; those that no trial beats in red."""
    axes = optuna_plots.plot_pareto_front(study, target_names=list(metrics))
    axes.legend(loc="best", frameon=False)
    _save(axes, "Complete trials, and those that no other beats", path, width_in=8.0, height_in=5.5)


def importance(study: "Study", params: Sequence[str], place: int, metric: str, path: Path) -> None:
    """Draw how much each parameter decides whether a trial is among the best by one objective, by PED-ANOVA.

    The best are a tenth of the trials, but at least five: one or two would make every parameter as important.
    """
    target = None
    if len(study.directions) > 1:  # Optuna then asks what makes a value low, whichever direction is wanted
        sign = -1 if study.directions[place].name == "MAXIMIZE" else 1
        target = partial(_value, place=place, sign=sign)
    num = sum(trial.state.name == "COMPLETE" for trial in study.get_trials(deepcopy=False))
    axes = optuna_plots.plot_param_importances(
        study,
        evaluator=PedAnovaImportanceEvaluator(target_quantile=max(0.1, _FEWEST_BEST / num)),
        params=list(params),
        target=target,
        target_name=metric,
    )
    axes.set(xlabel="importance", ylabel="")
    axes.set_yticks(axes.get_yticks(), [_shown(label.get_text()) for label in axes.get_yticklabels()])
    if (legend := axes.get_legend()) is not None:
        legend.remove()
    _save(axes, f"What decides {metric}", path, width_in=8.0, height_in=1.5 + 0.45 * len(params))


def _value(trial: "FrozenTrial", *, place: int, sign: int) -> float:
    value: float = trial.values[place]
    return sign * value


def parallel(study: "Study", params: Sequence[str], metrics: Sequence[str], path: Path) -> None:
    """Draw each trial as a line through its objectives and its parameters."""
    axes = optuna_plots.plot_parallel_coordinate(study, params=list(params), target_name=metrics[0])
    names = [label.get_text() for label in axes.get_xticklabels()]
    names[: len(metrics)] = metrics
    axes.set_xticks(axes.get_xticks(), [_shown(name) for name in names], rotation=20, ha="right")
    for scale in axes.figure.axes:
        if scale is not axes and scale.get_ylabel() == "":  # not the bar of colors
            labels = [label.get_text() for label in scale.get_yticklabels()]
            if not any("mathdefault" in label for label in labels):
                scale.set_yticks(scale.get_yticks(), [_shown(label) for label in labels])
        for label in scale.get_yticklabels():
            label.set(fontsize=8, color="black", bbox={"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 1})
    _save(axes, "Trials by their parameters", path, width_in=4 + 2.4 * len(names), height_in=6.0, grid=False)


def slices(study: "Study", params: Sequence[str], metric: str, path: Path) -> None:
    """Draw the objective against each parameter, later trials darker."""
    optuna_plots.plot_slice(study, params=list(params), target_name=metric)
    figure = pyplot.gcf()
    most = 1
    for axes in figure.axes[:-1]:  # the last is the bar of colors
        labels = [label.get_text() for label in axes.get_xticklabels()]
        if any(label.startswith(("'", '"')) for label in labels):
            words = [_shown(label[1:-1]) for label in labels]
            axes.set_xticks(axes.get_xticks(), words, rotation=60, ha="right", fontsize=8)
            axes.set_xlim(-0.5, len(words) - 0.5)
            most = max(most, len(words))
        axes.set_xlabel(_shown(axes.get_xlabel()))
    width_in = min(_WIDEST_IN, 2 + len(params) * max(2.4, 0.3 * most))
    figure.suptitle("")
    _save(figure.axes[0], f"{metric} by each parameter", path, width_in=width_in, height_in=4.5)


def _shown(name: str) -> str:
    return shown(name, LONGEST)


def _save(axes: Axes, title: str, path: Path, *, width_in: float, height_in: float, grid: bool = True) -> None:
    """Save the figure of some axes as PNG, whole, and forget it."""
    figure = axes.figure
    assert isinstance(figure, Figure)
    figure.set_size_inches(width_in, height_in)
    figure.set_facecolor("white")
    for each in figure.axes:
        each.set_facecolor("white")
        each.grid(visible=False)
        if grid and each.get_label() != "<colorbar>":
            each.grid(color=GRID)
    axes.set_title("")
    axes.set_title(title, loc="left", fontsize=12)
    save(figure, path, is_cropped=True)
    pyplot.close(figure)
