import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from optuna.distributions import CategoricalDistribution

from segsweep.core.errors import SweepViewError
from segsweep.sweep.plan.facts import SweepFacts, read_facts, study_name
from segsweep.sweep.plan.space import Space

OBJECTIVES = {"val/miou": "max"}
FACTS = SweepFacts(
    name="tune",
    study="tune-1a2b3c4d",
    storage="${oc.env:STUDY}",
    command="python -m segsweep.train sweep=tune",
    runs=Path("/home/me/runs"),
    monitor="val/miou",
    mode="max",
    objectives={"val/dice": "max", "cost/gflops": "min"},
    axes=("model", "optimizer.lr"),
    num_runs=30,
    max_epochs=10,
    slots=4,
    started=datetime(2026, 11, 20, 10, tzinfo=UTC),
)


def test_the_facts_of_a_sweep_are_read_as_they_were_written(tmp_path: Path) -> None:
    FACTS.write(tmp_path)
    assert read_facts(tmp_path) == FACTS


def test_what_an_older_version_did_not_write_has_its_default(tmp_path: Path) -> None:
    needed = {"name": "a", "study": "a-1", "storage": "journal", "command": "x", "runs": "r", "monitor": "val/miou"}
    (tmp_path / "sweep.json").write_text(json.dumps({**needed, "mode": "max", "of_a_newer_one": 1}))
    facts = read_facts(tmp_path)
    assert facts.objectives == {"val/miou": "max"}
    assert (facts.axes, facts.num_runs, facts.max_epochs, facts.slots, facts.started) == ((), 0, None, 1, None)


@pytest.mark.parametrize("content", ['{"num_runs": "many"}', '{"runs": 7}', '{"objectives": 3}'])
def test_a_fact_of_another_type_is_named_as_damage(tmp_path: Path, content: str) -> None:
    FACTS.write(tmp_path)
    file = tmp_path / "sweep.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **json.loads(content)}))
    with pytest.raises(SweepViewError, match=r"sweep\.json cannot be read \(.*repeat the command"):
        read_facts(tmp_path)


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
