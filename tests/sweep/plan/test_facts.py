import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from segsweep.core.errors import SweepViewError
from segsweep.sweep.plan.facts import SweepFacts, read_facts

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
