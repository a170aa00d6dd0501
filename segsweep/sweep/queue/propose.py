"""Proposes the parameters of a trial, by a sampler of Optuna."""

import warnings
from typing import TYPE_CHECKING, Any

from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from segsweep.sweep.plan.plan import SweepPlan
from segsweep.sweep.plan.space import is_grid_sampler
from segsweep.sweep.queue.patience import STORAGE, patiently

if TYPE_CHECKING:
    from optuna import Study
    from optuna.samplers import BaseSampler
    from optuna.trial import FrozenTrial

_WHITELIST = ("hydra_plugins.hydra_optuna_sweeper.*", "optuna.samplers.*")
_SEED_STEP = 7919


def make_sampler(settings: DictConfig, trial_number: int) -> "BaseSampler":
    """Return the sampler for one trial; of a grid one that is never plan.

    A fresh one for each trial, seeded by its number too: otherwise a sweep that goes on after an interruption would
    draw the first trials' numbers once more. What samplers know of earlier trials lies in the study. Quasi-random
    sequences need the same seed throughout.
    """
    import optuna

    if is_grid_sampler(settings):
        return optuna.samplers.RandomSampler()
    warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)  # chosen by name, so known
    own: Any = OmegaConf.to_container(settings, resolve=True)
    if own.get("seed") is not None and "QMC" not in own["_target_"]:
        own["seed"] = (own["seed"] + _SEED_STEP * trial_number) % 2**32
    sampler: BaseSampler = instantiate(own, _execution_whitelist_=_WHITELIST)
    return sampler


def propose(plan: SweepPlan, study: "Study", trial: "FrozenTrial") -> dict[str, Any]:
    """Return the parameters of a claimed trial; those it was given before stay."""
    import optuna

    def proposed() -> dict[str, Any]:
        own = optuna.Study(
            study_name=study.study_name, storage=study._storage, sampler=make_sampler(plan.sampler, trial.number)
        )
        live = optuna.Trial(own, trial._trial_id)
        for key, distribution in plan.space.axes.items():
            live._suggest(key, distribution)
        return live.params

    return patiently(proposed, STORAGE)
