from typing import Any

import optuna
import pytest
from omegaconf import OmegaConf
from optuna.distributions import FloatDistribution

from segsweep.sweep.queue.propose import make_sampler


@pytest.mark.parametrize("sampler", ["TPESampler", "RandomSampler", "CmaEsSampler", "GPSampler", "QMCSampler"])
def test_every_sampler_proposes_with_what_is_installed(sampler: str) -> None:
    settings = OmegaConf.create({"_target_": f"optuna.samplers.{sampler}", "seed": 0})
    study = optuna.create_study()
    for number in range(3):
        study.sampler = make_sampler(settings, number)
        trial = study.ask({"lr": FloatDistribution(0.0, 1.0), "decay": FloatDistribution(0.0, 1.0)})
        study.tell(trial, trial.params["lr"])
    assert len({trial.params["lr"] for trial in study.trials}) == 3


def test_a_sweep_that_goes_on_does_not_draw_the_first_numbers_again() -> None:
    node = OmegaConf.create({"_target_": "optuna.samplers.RandomSampler", "seed": 3})
    drawn = []
    for number in (0, 1, 0):
        sampler: Any = make_sampler(node, number)
        drawn.append(float(sampler._rng.rng.random()))
    assert drawn[0] == drawn[2] != drawn[1]
