"""The presets keep a winner: replays of invented learning curves that cross early on, as measured ones do."""

from typing import Any

import numpy as np
import optuna
import pytest
from jaxtyping import Float

from segsweep.sweep.plan.pruner import build_pruner
from tests.sweep.plan.pruners import pruner_settings

pytestmark = pytest.mark.slow

NUM_RUNS, NUM_EPOCHS, NUM_REPLAYS, AT_ONCE = 24, 12, 200, 4


def curves(random: np.random.Generator) -> Float[np.ndarray, "runs epochs"]:
    """Metrics that come from chance to their level: rank correlation with the last epoch 0, then 0.4, then 0.9."""
    level = random.uniform(0.4, 0.8, (NUM_RUNS, 1))
    share = np.array([0.0, 0.4, 0.8, 0.85, 0.9, 0.95] + [1.0] * (NUM_EPOCHS - 6))
    chance = random.uniform(0, 0.5, (NUM_RUNS, NUM_EPOCHS))
    return share * level + (1 - share) * chance + random.normal(0, 0.005, chance.shape)


def replay(settings: dict[str, Any], metrics: Float[np.ndarray, "runs epochs"]) -> tuple[float, float]:
    """Run a study of these curves, some at once.

    Returns how far its best lies below the best of all, and the share of the epochs that was trained.
    """
    study = optuna.create_study(direction="maximize", pruner=build_pruner(settings))
    spent = 0
    for first in range(0, NUM_RUNS, AT_ONCE):
        active = {run: study.ask() for run in range(first, first + AT_ONCE)}
        for epoch in range(1, NUM_EPOCHS + 1):
            for run, trial in list(active.items()):
                spent += 1
                trial.report(float(metrics[run, epoch - 1]), epoch)
                if epoch == NUM_EPOCHS:
                    study.tell(trial, float(metrics[run, -1]))
                elif trial.should_prune():
                    study.tell(trial, state=optuna.trial.TrialState.PRUNED)
                    del active[run]
    return float(metrics[:, -1].max()) - study.best_value, spent / metrics.size


def replays(settings: dict[str, Any]) -> tuple[Float[np.ndarray, "replays"], float]:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    random = np.random.default_rng(0)
    outcomes = [replay(settings, curves(random)) for _ in range(NUM_REPLAYS)]
    return np.array([gap for gap, _ in outcomes]), float(np.mean([share for _, share in outcomes]))


@pytest.mark.parametrize(("name", "tolerated_gap", "epochs_fraction"), [("median", 0, 0.6), ("asha", 0.01, 0.5)])
def test_a_preset_ends_with_a_best_run_and_saves_epochs(
    name: str, tolerated_gap: float, epochs_fraction: float
) -> None:
    gaps, share = replays(pruner_settings(name, f"trainer.max_epochs={NUM_EPOCHS}"))
    assert np.mean(gaps <= tolerated_gap) >= 0.95
    assert share <= epochs_fraction


@pytest.mark.parametrize("name", ["median", "asha"])
def test_without_the_warm_up_the_best_is_lost_in_a_third_of_the_replays_and_more(name: str) -> None:
    without = {"median": {"n_startup_trials": 5, "n_warmup_steps": 0}, "asha": {"min_resource": 1}}[name]
    gaps, _ = replays(pruner_settings(name) | without)
    assert np.mean(gaps > 0) > 1 / 3
