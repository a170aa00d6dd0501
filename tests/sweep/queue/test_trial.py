"""What a run reports to its study, and whether the pruner's answer reaches it."""

import json
import logging
import math
from pathlib import Path
from typing import Any

import optuna
import pytest
from omegaconf import OmegaConf

from segsweep.core.errors import ConfigError
from segsweep.schema import SweepConfig
from segsweep.sweep.plan.pruner import build_pruner
from segsweep.sweep.queue.storage import open_storage
from segsweep.sweep.queue.trial import RunningTrial, trial_of
from tests.compose import compose
from tests.sweep.plan.pruners import PRUNERS, pruner_settings

STUDY = "grid-12345678"
MEDIAN = {"_target_": "optuna.pruners.MedianPruner", "n_startup_trials": 1, "n_warmup_steps": 2}


def study_in(runs: Path) -> optuna.Study:
    storage = open_storage("journal", runs / "sweeps" / STUDY)
    return optuna.create_study(study_name=STUDY, storage=storage, direction="maximize")


def sweep_config(**settings: Any) -> SweepConfig:
    sweep = compose().sweep
    for name, value in {"study": STUDY, "trial": 1, **settings}.items():
        setattr(sweep, name, value)
    return sweep


def running(runs: Path, **settings: Any) -> RunningTrial:
    trial = trial_of(sweep_config(**settings), {"storage": "journal", "pruner": MEDIAN}, runs=runs)
    assert trial is not None
    return trial


def begin(study: optuna.Study) -> None:
    """One complete trial of 0.5, 0.6, 0.7, and one that runs."""
    good = study.ask()
    for epoch, value in ((1, 0.5), (2, 0.6), (3, 0.7)):
        good.report(value, epoch)
    study.tell(good, 0.7)
    study.ask()


def test_a_run_that_is_worse_than_the_median_is_stopped_once_the_warm_up_is_over(tmp_path: Path) -> None:
    study = study_in(tmp_path)
    begin(study)
    trial = running(tmp_path)
    assert [trial.should_stop(epoch, 0.1) for epoch in (1, 2)] == [False, True]
    assert study.trials[1].intermediate_values == {1: 0.1, 2: 0.1}


def test_a_better_run_goes_on_and_what_was_reported_before_stays(tmp_path: Path) -> None:
    study = study_in(tmp_path)
    begin(study)
    assert not any(running(tmp_path).should_stop(epoch, 0.9) for epoch in (1, 2))
    resumed = running(tmp_path)
    resumed.report({1: 0.2, 2: 0.2, 3: math.nan})
    assert not resumed.should_stop(2, 0.2)
    assert study.trials[1].intermediate_values == {1: 0.9, 2: 0.9}


def test_a_storage_that_is_away_is_said_once_and_caught_up_with_when_it_is_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segsweep.sweep.queue.trial._PATIENCE_S", 0.0)
    monkeypatch.setattr("segsweep.core.retry.time.sleep", lambda _: None)
    study = study_in(tmp_path)
    begin(study)
    sweeps, away = tmp_path / "sweeps", tmp_path / "away"
    sweeps.rename(away)
    sweeps.write_text("no folder")
    trial = running(tmp_path)
    with caplog.at_level(logging.WARNING):
        assert [trial.should_stop(epoch, 0.1) for epoch in (1, 2)] == [False, False]
    assert sum("the run goes on, and asks again" in message for message in caplog.messages) == 1
    sweeps.unlink()
    away.rename(sweeps)
    assert trial.should_stop(3, 0.1)
    assert study.trials[1].intermediate_values == {1: 0.1, 2: 0.1, 3: 0.1}


def test_a_trial_that_a_peer_has_ended_does_not_end_the_run(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    study = study_in(tmp_path)
    begin(study)
    study.tell(1, state=optuna.trial.TrialState.FAIL)
    with caplog.at_level(logging.WARNING):
        assert not running(tmp_path).should_stop(2, 0.1)
    assert "the run goes on" in caplog.text


def test_the_processes_of_a_run_find_its_trial_in_their_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert RunningTrial.from_environment() is None
    trial = running(tmp_path)
    for name, value in trial.environment().items():
        monkeypatch.setenv(name, value)
    assert RunningTrial.from_environment() == trial
    assert json.loads(next(iter(trial.environment().values())))["number"] == 1


def test_a_run_outside_a_sweep_or_without_a_pruner_has_no_trial(tmp_path: Path) -> None:
    sweeper = OmegaConf.create({"storage": "journal", "pruner": MEDIAN})
    assert trial_of(sweep_config(study=None), sweeper, runs=tmp_path) is None
    for pruner in (None, {"_target_": "optuna.pruners.NopPruner"}):
        assert trial_of(sweep_config(), {"storage": "journal", "pruner": pruner}, runs=tmp_path) is None
    assert trial_of(sweep_config(), {}, runs=tmp_path) is None


def test_the_metric_is_the_objective_where_there_is_one(tmp_path: Path) -> None:
    assert running(tmp_path).metric is None
    assert running(tmp_path, objectives=["val/dice:max"]).metric == "val/dice"


@pytest.mark.parametrize("objectives", [["cost/gflops:min"], ["val/dice:max", "cost/gflops:min"]])
def test_a_pruner_without_a_metric_of_the_validation_is_refused(tmp_path: Path, objectives: list[str]) -> None:
    with pytest.raises(ConfigError, match=r"one metric of the validation.*pruner=none"):
        running(tmp_path, objectives=objectives)


@pytest.mark.parametrize("target", ["optuna.pruners.Median", "os.system", "optuna.pruners.ThresholdPruner"])
def test_a_pruner_that_cannot_be_made_is_answered_with_those_that_can(target: str) -> None:
    with pytest.raises(ConfigError, match=rf"pruner={target} cannot be made: .*{', '.join(PRUNERS)}"):
        build_pruner({"_target_": target})


@pytest.mark.parametrize(("max_epochs", "warm_up"), [(4, 3), (12, 3), (13, 4), (100, 25)])
def test_presets_warm_up_for_three_epochs_or_a_quarter_of_all(max_epochs: int, warm_up: int) -> None:
    found = json.dumps({name: pruner_settings(name, f"trainer.max_epochs={max_epochs}") for name in PRUNERS})
    for key in ("n_warmup_steps", "min_resource", "n_startup_steps"):
        assert f'"{key}": {warm_up}' in found


@pytest.mark.parametrize("name", PRUNERS)
def test_every_preset_makes_a_pruner_of_optuna(name: str) -> None:
    assert isinstance(build_pruner(pruner_settings(name)), optuna.pruners.BasePruner)
