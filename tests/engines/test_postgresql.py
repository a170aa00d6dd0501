import json
from pathlib import Path

import pytest

from tests.engines.postgresql import PostgreSQL
from tests.engines.sweeping import Sweep, expect_every_run_once, sweep_of, training, until, went_on

# A URL may hold a password, and configs are saved: so it stays outside of them.
ON_THE_SERVER = ("hydra.sweeper.storage='${oc.env:SEGSWEEP_STORAGE}'", "hydra.sweeper.n_jobs=1")


@pytest.fixture(autouse=True)
def storage_of_the_sweeps(postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGSWEEP_STORAGE", postgresql.url)


def test_of_two_sweep_processes_on_one_server_the_other_finishes_what_a_killed_one_left(tmp_path: Path) -> None:
    sweeps = [Sweep(*ON_THE_SERVER, "model=linknet", "seed=0,1,2,3", cwd=tmp_path) for _ in range(2)]
    runs = tmp_path / "runs"
    taken, process = training(runs)
    (killed,) = (sweep for sweep in sweeps if sweep.process.pid == sweep_of(process).pid)
    killed.process.kill()
    killed.process.wait()
    (other,) = (sweep for sweep in sweeps if sweep is not killed)
    said = other.ended()
    expect_every_run_once(runs, 4)
    assert "its sweep process is gone; taken over" in said
    assert went_on(runs, taken)


def test_a_server_that_is_away_for_a_while_loses_nothing(postgresql: PostgreSQL, tmp_path: Path) -> None:
    sweep = Sweep(*ON_THE_SERVER, "model=fpn", "seed=0,1,2", cwd=tmp_path)
    runs = tmp_path / "runs"
    name, _ = training(runs)
    postgresql.stop()
    until((runs / name / "record.json").exists, "the end of the run during which the server went away")
    until(lambda: "does not answer" in sweep.said, "the sweep says that it waits")
    postgresql.start()
    sweep.ended()
    expect_every_run_once(runs, 3)
    (facts,) = runs.glob("sweeps/*/sweep.json")
    assert json.loads(facts.read_text())["storage"] == "${oc.env:SEGSWEEP_STORAGE}"
