import json
from pathlib import Path
from typing import Any

import pytest

from segsweep.config import identity
from segsweep.config.identity import first_name, identity_digest, run_name
from segsweep.core.errors import RunError
from segsweep.data.content import DataState
from segsweep.runs import versions
from segsweep.runs.facts import EnvironmentFacts, TrainingFacts
from segsweep.runs.record import RunRecord
from segsweep.runs.reuse import (
    Changes,
    Started,
    attempt_folder,
    changes_since,
    describe_changes,
    note_start,
    read_started,
    require_same_data,
)
from segsweep.runs.versions import Inputs, KnownInputs, weights_digest
from tests.compose import compose
from tests.config.test_identity import changed

NOW = DataState("names and sizes", "bytes")


def asked(runs: Path, **settings: Any) -> dict[str, Any]:
    config = changed("paths.runs", str(runs))
    return config | {"optimizer": {"lr": 0.001, **settings}}


def always(folder: Path) -> bool:
    return folder.exists()


def test_a_rerun_takes_the_next_folder_and_without_rerun_the_newest_goes_on(tmp_path: Path) -> None:
    config = asked(tmp_path)
    name = run_name(config)
    assert attempt_folder(config) == attempt_folder(config, again=always) == tmp_path / name
    (tmp_path / name).mkdir()
    assert attempt_folder(config, again=always) == tmp_path / f"{name}.2"
    (tmp_path / f"{name}.2").mkdir()
    assert attempt_folder(config, again=always) == tmp_path / f"{name}.3"
    assert attempt_folder(config) == tmp_path / f"{name}.2"


def record_in(folder: Path, config: dict[str, Any]) -> Path:
    folder.mkdir(parents=True)
    RunRecord(name=folder.name, status="complete", metrics={}, config=config).write(folder)
    return folder


def test_a_folder_with_the_8_digits_of_an_earlier_version_is_found_and_trained_beside(tmp_path: Path) -> None:
    config = asked(tmp_path)
    old = record_in(tmp_path / first_name(run_name(config)), config)
    assert attempt_folder(config) == old
    again = record_in(tmp_path / f"{old.name}.2", config)
    assert attempt_folder(config) == again
    assert attempt_folder(config, again=always) == tmp_path / run_name(config)
    (tmp_path / run_name(config)).mkdir()
    assert attempt_folder(config) == tmp_path / run_name(config)


@pytest.mark.parametrize("noted_by", ["record", "hydra"])
def test_another_run_of_the_same_8_digits_is_not_answered_with_its_result(tmp_path: Path, noted_by: str) -> None:
    config, other = asked(tmp_path), asked(tmp_path, lr=0.002)
    old = tmp_path / first_name(run_name(config))
    if noted_by == "record":
        record_in(old, other)
    else:
        (old / ".hydra").mkdir(parents=True)
        (old / ".hydra" / "config.yaml").write_text(json.dumps(other | {"encoder": {"weights": "${data.pretrained}"}}))
    assert attempt_folder(config) == tmp_path / run_name(config)
    record_in(tmp_path / f"{old.name}.2", config)
    assert attempt_folder(config) == tmp_path / f"{old.name}.2"


def test_settings_that_a_version_added_and_places_do_not_make_it_another_run(tmp_path: Path) -> None:
    config = asked(tmp_path)
    recorded = asked(Path("/elsewhere"), gone=1) | {"data": {"name": "cells", "root": "../cells"}}
    old = record_in(tmp_path / first_name(run_name(config)), recorded)
    assert attempt_folder(config) == old


def test_another_run_of_the_same_12_digits_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "_DIGITS", 0)
    config, other = asked(tmp_path), asked(tmp_path, lr=0.002)
    assert run_name(config) == run_name(other)
    (tmp_path / run_name(other)).mkdir()
    note_start(tmp_path / run_name(other), other, NOW)
    assert attempt_folder(other).exists()
    with pytest.raises(RunError, match=r"holds another run: .*paths\.runs=FOLDER"):
        attempt_folder(config)


def test_a_run_does_not_go_on_with_other_files_or_other_content(tmp_path: Path) -> None:
    note_start(tmp_path, asked(tmp_path), NOW)
    require_same_data(tmp_path, NOW)
    with pytest.raises(RunError, match=r"names or sizes .*\n.*rerun=true"):
        require_same_data(tmp_path, DataState("other", "other"))
    with pytest.raises(RunError, match=r"at the same names and sizes\.\n.*rerun=true"):
        require_same_data(tmp_path, DataState("names and sizes", "other"))


def test_what_is_not_known_of_the_data_is_no_difference(tmp_path: Path) -> None:
    require_same_data(tmp_path, NOW)
    (tmp_path / "started.json").write_text("{")
    require_same_data(tmp_path, NOW)
    (tmp_path / "started.json").write_text('{"data_listing": "names and sizes"}')
    require_same_data(tmp_path, NOW)
    require_same_data(tmp_path, DataState("names and sizes", None))
    with pytest.raises(RunError):
        require_same_data(tmp_path, DataState("other", "bytes"))


def test_a_start_keeps_what_was_noted_before(tmp_path: Path) -> None:
    (tmp_path / "started.json").write_text('{"data_listing": "at first"}')
    config = asked(tmp_path)
    note_start(tmp_path, config, NOW)
    assert read_started(tmp_path) == Started("at first", "bytes", identity_digest(config))


def now_with(**packages: str) -> Inputs:
    return Inputs(NOW, EnvironmentFacts(packages=packages, code="new", plugins={"my_lab": "new"}), "new weights")


def recorded(folder: Path, *, code: str | None, weights: str | None, **packages: str) -> Changes:
    environment = EnvironmentFacts(packages=packages, code=code, plugins={"my_lab": "new"})
    training = TrainingFacts(encoder_weights=weights)
    record = RunRecord("a", "complete", {}, config={}, environment=environment, training=training)
    folder.mkdir()
    record.write(folder)
    return changes_since(folder, now_with(torch="2.14.1", timm="1.0"))


def test_a_run_that_is_taken_says_what_differs_and_a_sweep_says_it_once_for_all(tmp_path: Path) -> None:
    same = recorded(tmp_path / "a", code="new", weights="new weights", torch="2.14.1")
    assert not same
    assert describe_changes([same]) is None
    old = recorded(tmp_path / "b", code=None, weights=None, torch="1.0")
    assert describe_changes([old], one=True) == (
        "This run was trained with another state of: torch 1.0 (now 2.14.1). To train again beside: rerun=changed"
    )
    other = recorded(tmp_path / "c", code="old", weights="old weights", torch="1.0")
    assert other.versions == ("torch 1.0 (now 2.14.1)", "segsweep's own code", "the content of encoder.weights")
    assert describe_changes([same, old, other]) == (
        "Runs that are there already were trained with another state of: torch 1.0 (now 2.14.1) in 2 runs, "
        "segsweep's own code in 1 run, the content of encoder.weights in 1 run. To train again beside: rerun=changed"
    )


def test_the_data_of_a_sweep_are_looked_at_once_for_all_folds_and_seeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []

    def counted(data: Any, _cache: Path) -> DataState:
        looked.append(data.shapes_seed)
        return NOW

    monkeypatch.setattr(versions, "data_state", counted)
    known = KnownInputs()
    for words in (("seed=0",), ("seed=1",), ("data.fold=0",), ("data.fold=1", "seed=1"), ("data.shapes_seed=7",)):
        assert known.of(compose(*words)).data == NOW
    assert looked == [0, 7]


def test_a_file_of_weights_counts_by_its_content(tmp_path: Path) -> None:
    file = tmp_path / "weights.pth"
    file.write_bytes(b"one")
    words = (f"encoder.weights={file}", f"paths.cache={tmp_path / 'cache'}")
    before = weights_digest(compose(*words))
    assert before == weights_digest(compose(*words))
    file.write_bytes(b"two")
    assert weights_digest(compose(*words)) not in (before, None)
    assert weights_digest(compose("encoder.weights=imagenet")) is None
    assert weights_digest(compose("encoder.weights=/no/such/file.pth")) is None


@pytest.mark.parametrize("content", ["{", "[]", '{"name": "a", "status": "complete", "metrics": {}, "config": 3}'])
def test_a_damaged_record_leaves_the_folder_to_its_run_and_tells_of_no_change(tmp_path: Path, content: str) -> None:
    config = asked(tmp_path)
    for name in (run_name(config), first_name(run_name(config))):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "record.json").write_text(content)
        assert attempt_folder(config) == folder
        assert not changes_since(folder, now_with(torch="2.14.1"))
        (folder / "record.json").unlink()
        folder.rmdir()


def test_a_record_without_versions_tells_of_no_change(tmp_path: Path) -> None:
    record = {"name": "a", "status": "complete", "metrics": {}, "config": {}, "environment": {"packages": None}}
    (tmp_path / "record.json").write_text(json.dumps(record))
    assert not changes_since(tmp_path, now_with(torch="2.14.1"))
