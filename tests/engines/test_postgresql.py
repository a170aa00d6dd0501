import json
from pathlib import Path

from tests.engines.postgresql import PostgreSQL
from tests.engines.sweeping import Sweep, expect_every_run_once, training, until, went_on

# A password in it would be written into every saved config; so it stays outside.
ON_THE_SERVER = ("hydra.sweeper.storage='${oc.env:SEGSWEEP_STORAGE}'", "hydra.sweeper.n_jobs=1")


def test_of_two_sweep_processes_on_one_server_the_other_finishes_what_a_killed_one_left(
    postgresql: PostgreSQL, tmp_path: Path
) -> None:
    words, env = (*ON_THE_SERVER, "model=unet", "seed=0,1,2,3"), {"SEGSWEEP_STORAGE": postgresql.url}
    sweeps = [Sweep(*words, cwd=tmp_path, env=env) for _ in range(2)]
    runs = tmp_path / "runs"
    taken, process = training(runs)
    (killed,) = (sweep for sweep in sweeps if sweep.process.pid in [parent.pid for parent in process.parents()])
    killed.process.kill()
    killed.process.wait()
    (other,) = (sweep for sweep in sweeps if sweep is not killed)
    said = other.ended()
    expect_every_run_once(runs, 4)
    assert "its sweep process is gone; taken over" in said
    assert went_on(runs, taken)


def test_a_server_that_is_away_for_a_while_loses_nothing(postgresql: PostgreSQL, tmp_path: Path) -> None:
    words, env = (*ON_THE_SERVER, "model=fpn", "seed=0,1,2"), {"SEGSWEEP_STORAGE": postgresql.url}
    sweep = Sweep(*words, cwd=tmp_path, env=env)
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
