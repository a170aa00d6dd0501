"""The record of a run: what is written, and what is read of files of other versions."""

import json
from pathlib import Path
from typing import Any

import pytest

from segsweep.runs.facts import CostFacts, DataFacts, EnvironmentFacts, TrainingFacts
from segsweep.runs.record import RunRecord, read_record


def written(folder: Path, **tables: Any) -> dict[str, Any]:
    RunRecord(name="a", status="failed", metrics={}, config={"seed": 0}, **tables).write(folder)
    content: dict[str, Any] = json.loads((folder / "record.json").read_text())
    return content


def test_a_fact_that_is_not_known_is_left_out_and_one_that_is_none_is_null_beside_its_neighbor(tmp_path: Path) -> None:
    assert written(tmp_path)["training"] == {}
    known = written(
        tmp_path,
        training=TrainingFacts(precision="32", micro_batch_size=4),
        cost=CostFacts(epochs=0, train_seconds=0.0),
        environment=EnvironmentFacts(python="3.12"),
    )
    assert known["training"] == {
        "precision": "32",
        "class_weights": None,
        "micro_batch_size": 4,
        "out_of_memory": [],
    }
    assert known["cost"] == {
        "train_img_s": None,
        "eval_img_s": None,
        "seconds_to_first_step": None,
        "train_seconds": 0.0,
        "epochs": 0,
    }
    assert (known["environment"]["cuda"], known["environment"]["git_commit"]) == (None, None)


def test_a_record_that_is_read_is_written_as_it_was(tmp_path: Path) -> None:
    tables = {
        "training": TrainingFacts(
            precision="bf16", class_weights=(0.5, 1.5), micro_batch_size=2, out_of_memory=({"stage": "test"},)
        ),
        "data": DataFacts(name="cells", task="binary", class_names=("no", "yes"), num_images={"train": 3}),
    }
    before = written(tmp_path, **tables)
    record = read_record(tmp_path)
    assert record is not None
    assert record.training == tables["training"]
    assert record.content() == before


def test_keys_of_another_version_are_kept_in_a_table_and_passed_over_beside_it(tmp_path: Path) -> None:
    content = written(tmp_path, cost=CostFacts(gflops=1.5))
    content["cost"]["joules"] = 7
    (tmp_path / "record.json").write_text(json.dumps({**content, "weather": "fine"}))
    record = read_record(tmp_path)
    assert record is not None
    assert (record.cost.gflops, record.cost.extra) == (1.5, {"joules": 7})
    assert record.content()["cost"] == {"gflops": 1.5, "joules": 7}


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"name": "a", "status": "failed", "metrics": {}, "config": {}, "cost": 3}']
)
def test_a_record_that_is_damaged_counts_as_absent(tmp_path: Path, text: str) -> None:
    (tmp_path / "record.json").write_text(text)
    assert read_record(tmp_path) is None
