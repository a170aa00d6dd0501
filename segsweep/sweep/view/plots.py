"""Pictures of a sweep that has ended: Optuna's own of the search, and the learning curves of all runs."""

import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from segsweep.core.text import first_line
from segsweep.sweep.plan.facts import read_facts
from segsweep.sweep.view.read import view_of
from segsweep.sweep.view.summary import PLOTS

if TYPE_CHECKING:
    from optuna import Study

MIN_COMPLETE = 2
MIN_FOR_IMPORTANCE = 10
"""Complete trials below which every parameter looks as important as the next."""
MAX_PARAMS = 12
"""Parameters in one picture."""

log = logging.getLogger("segsweep")


def write_plots(study: "Study", folder: Path, objectives: Mapping[str, str]) -> list[Path]:
    """Draw what there is enough for; what cannot be drawn is a warning in the log and stops nothing.

    Args:
        study: The study.
        folder: The sweep's folder; the pictures go into plots/ in it.
        objectives: Metric to max or min, in the order of the study's values.
    Returns:
        The files.
    """
    with _quiet_matplotlib():
        try:
            pictures = _pictures(study, folder, objectives)
            (folder / PLOTS).mkdir(exist_ok=True)
        except Exception as error:
            log.warning("no plots: %s: %s", type(error).__name__, first_line(str(error)))
            return []
        return [folder / PLOTS / f"{name}.png" for name, draw in pictures.items() if _drew(draw, folder, name)]


def _drew(draw: Callable[[Path], None], folder: Path, name: str) -> bool:
    try:
        draw(folder / PLOTS / f"{name}.png")
    except Exception as error:  # a picture is never worth a sweep
        log.warning("no plot %s: %s: %s", name, type(error).__name__, first_line(str(error)))
        return False
    return True


def _pictures(study: "Study", folder: Path, objectives: Mapping[str, str]) -> dict[str, Callable[[Path], None]]:
    """Return what can be drawn, by the name of its file."""
    from segsweep.sweep.view.curves import draw_curves, read_curves

    pictures: dict[str, Callable[[Path], None]] = {}
    view = view_of(study, read_facts(folder), folder)
    if curves := read_curves(view):
        pictures["curves"] = partial(draw_curves, curves, view)
    complete = [trial for trial in study.get_trials(deepcopy=False) if trial.state.name == "COMPLETE"]
    if len(complete) < MIN_COMPLETE:
        return pictures
    from segsweep.sweep.view import search_plots as search

    names = list(objectives)
    if len(names) == 1:
        pictures["history"] = partial(search.history, study, names[0])
    elif len(names) in (2, 3):
        pictures["pareto"] = partial(search.pareto, study, names)
    params = search.varying_params(complete)
    if params:
        for place, name in enumerate(names if len(complete) >= MIN_FOR_IMPORTANCE else []):
            file = "importance" if len(names) == 1 else f"importance_{name.replace('/', '_')}"
            pictures[file] = partial(search.importance, study, params, place, name)
        shown = params[:MAX_PARAMS]
        pictures["parallel"] = partial(search.parallel, study, shown, names)
        if len(names) == 1:
            pictures["slice"] = partial(search.slices, study, shown, names[0])
    return pictures


@contextmanager
def _quiet_matplotlib() -> Iterator[None]:
    """Let Optuna draw without a window, and leave matplotlib's global settings as they were."""
    import matplotlib
    from matplotlib import pyplot
    from optuna.exceptions import ExperimentalWarning

    with warnings.catch_warnings(), matplotlib.rc_context():
        backend = matplotlib.get_backend(auto_select=False)
        pyplot.switch_backend("Agg")
        warnings.filterwarnings("ignore", category=ExperimentalWarning, module="segsweep.sweep.view")
        warnings.filterwarnings("ignore", message=".*to achieve low `target` values")  # just what is meant
        try:
            yield
        finally:
            if backend is not None:
                pyplot.switch_backend(backend)
