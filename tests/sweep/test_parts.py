"""Small parts of a sweep: budgets, names of studies, which launchers go, what became of a run."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import optuna
import pytest
from hydra._internal.core_plugins.basic_launcher import BasicLauncher
from omegaconf import OmegaConf
from optuna.distributions import CategoricalDistribution, FloatDistribution

from segsweep.config.identity import run_name
from segsweep.core.errors import SweepError
from segsweep.core.files import write_csv
from segsweep.runs.folder import HISTORY_FILE
from segsweep.runs.record import RunRecord, read_record
from segsweep.schema import SweepConfig
from segsweep.sweep.engines.launchers import resolve_n_jobs
from segsweep.sweep.plan.space import Space
from segsweep.sweep.queue.budget import Budget
from segsweep.sweep.queue.outcome import intermediate_values, outcome_of, record_failure
from segsweep.sweep.queue.propose import make_sampler
from segsweep.sweep.queue.study import study_name

OBJECTIVES = {"val/miou": "max"}


def settings(**given: Any) -> SweepConfig:
    plain: dict[str, Any] = dict.fromkeys(("max_hours", "max_runs", "max_failures"))
    return SweepConfig(**{**plain, "fail_fast": False, **given})


def test_without_limits_a_budget_never_ends() -> None:
    budget = Budget(settings())
    assert all(budget.start() for _ in range(100))
    assert budget.exhausted() is None


def test_each_limit_ends_a_budget_and_is_named_as_it_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Budget(settings(max_runs=2))
    assert [runs.start() for _ in range(3)] == [True, True, False]
    assert runs.exhausted() == "sweep.max_runs=2"
    failures, fast = Budget(settings(max_failures=1)), Budget(settings(fail_fast=True))
    for budget in (failures, fast):
        assert budget.start()
        budget.failed()
        assert not budget.start()
    assert failures.exhausted() == "sweep.max_failures=1"
    assert fast.exhausted() == "sweep.fail_fast=true"
    hours, now = Budget(settings(max_hours=0.5)), time.monotonic()
    assert hours.start()
    monkeypatch.setattr(time, "monotonic", lambda: now + 1801)
    assert not hours.start()
    assert hours.exhausted() == "sweep.max_hours=0.5"


def test_the_name_of_a_study_follows_from_what_is_swept_and_what_all_runs_share_and_from_nothing_else() -> None:
    space = Space({"seed": CategoricalDistribution(["0", "1"])}, (), is_grid=True)
    wider = Space({"seed": CategoricalDistribution(["0", "1", "2"])}, (), is_grid=True)
    base = {"optimizer": {"lr": 0.1}, "hardware": {"devices": 1}, "sweep": {"max_runs": 1}}
    name = study_name("grid", space, base, OBJECTIVES)
    assert name.startswith("grid-")
    same = {"optimizer": {"lr": 0.1}, "hardware": {"devices": 2}, "sweep": {"max_runs": 5}}
    assert study_name("grid", space, same, OBJECTIVES) == name
    others = {
        study_name("grid", wider, base, OBJECTIVES),
        study_name("grid", space, {"optimizer": {"lr": 0.2}}, OBJECTIVES),
        study_name("grid", space, base, {"val/miou": "min"}),
        study_name("other", space, base, OBJECTIVES),
    }
    assert len(others | {name}) == 5


def test_a_launcher_that_mixes_jobs_or_hangs_is_refused_and_runs_alone_where_that_is_safe() -> None:
    launcher = BasicLauncher()
    basic = OmegaConf.create({"_target_": "hydra._internal.core_plugins.basic_launcher.BasicLauncher"})
    joblib = "hydra_plugins.hydra_joblib_launcher.joblib_launcher.JoblibLauncher"
    assert resolve_n_jobs("auto", launcher, basic) == 1
    with pytest.raises(SweepError, match="mix their configs"):
        resolve_n_jobs(2, launcher, basic)
    with pytest.raises(SweepError, match="hangs for ever"):
        resolve_n_jobs(2, launcher, OmegaConf.create({"_target_": joblib, "backend": "multiprocessing"}))
    with pytest.raises(SweepError, match="mix their configs"):
        resolve_n_jobs(2, launcher, OmegaConf.create({"_target_": joblib, "backend": None, "n_jobs": 1}))
    assert resolve_n_jobs(2, launcher, OmegaConf.create({"_target_": joblib, "backend": None, "n_jobs": 2})) == 2


def record(status: Any, finished: str, **metrics: float) -> RunRecord:
    named: dict[str, float | None] = {f"val/{name}": value for name, value in metrics.items()}
    return RunRecord(name="a", status=status, metrics=named, config={}, finished=finished, reason=f"at {finished}")


def test_what_became_of_a_run_is_read_from_its_folder(tmp_path: Path) -> None:
    assert outcome_of(tmp_path, OBJECTIVES, before=None, told="killed").reason == "killed"
    old = record("failed", "monday")
    old.write(tmp_path)
    assert outcome_of(tmp_path, OBJECTIVES, before=old, told="killed").state == "lost"
    record("failed", "tuesday").write(tmp_path)
    assert outcome_of(tmp_path, OBJECTIVES, before=old).reason == "at tuesday"
    record("complete", "tuesday", miou=0.5).write(tmp_path)
    assert outcome_of(tmp_path, OBJECTIVES, before=old).values == [0.5]
    undefined = outcome_of(tmp_path, {"val/dice": "max"}, before=old)
    assert undefined.state == "failed"
    assert "val/dice" in undefined.reason


def test_a_run_that_could_not_write_its_record_gets_one_with_its_epochs(tmp_path: Path) -> None:
    folder = tmp_path / "unet-a"
    folder.mkdir()
    write_csv(folder / HISTORY_FILE, [{"epoch": 1.0, "val/miou": 0.25}, {"epoch": 2.0}])
    config = {"seed": 0, "model": {"arch": "unet"}, "encoder": {"name": "resnet18"}}
    record_failure(folder, config, "killed by signal 9", started=datetime.now(UTC))
    written = read_record(folder)
    assert written is not None
    assert written.name == run_name(config)
    assert (written.status, written.reason, written.training.epochs_done) == ("failed", "killed by signal 9", 2)
    assert intermediate_values(folder, "val/miou") == {1: 0.25}


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
