import json
from pathlib import Path

import pytest

from segsweep.compose import from_plain
from segsweep.config.identity import run_name
from segsweep.config.renamed import RENAMED, with_first_names, with_new_names, with_new_words
from segsweep.report.read.settings import configuration_settings
from segsweep.runs.record import RunRecord
from tests.pins.test_run_names import FOLDER, composed

NOW = f"{FOLDER} data.ignore_color=[255,255,255]"


def test_an_old_key_on_the_command_line_is_taken_with_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "seed=1",
        "data.ignore_colour=[1,2,3]",
        "sweep.runs=['seed=1 data.ignore_colour=[1,2,3]']",
        "x_data.ignore_colour",
    ]
    assert with_new_words(words) == [
        "seed=1",
        "data.ignore_color=[1,2,3]",
        "sweep.runs=['seed=1 data.ignore_color=[1,2,3]']",
        "x_data.ignore_colour",
    ]
    assert capsys.readouterr().err.count("data.ignore_colour is now named data.ignore_color.") == 2


@pytest.mark.parametrize(("old", "new"), RENAMED.items())
def test_names_go_there_and_back(old: str, new: str) -> None:
    group, _, key = old.partition(".")
    before = {group: {"a": 1, key: 2}, "seed": 0}
    assert with_new_names(before) == {group: {"a": 1, new.partition(".")[2]: 2}, "seed": 0}
    assert with_first_names(with_new_names(before)) == before
    assert with_first_names({"seed": 0}) == {"seed": 0}


def test_a_record_of_the_first_version_is_read_typed_and_compared_as_one_of_today(tmp_path: Path) -> None:
    config = composed(NOW)
    old = with_first_names(config)
    assert "ignore_colour" in old["data"]
    assert run_name(old) == run_name(config)
    record = RunRecord.read(json.loads(json.dumps({"name": "a", "status": "complete", "metrics": {}, "config": old})))
    assert record.config == config
    assert configuration_settings(record) == configuration_settings(RunRecord("a", "complete", {}, config))
    assert from_plain(old) == from_plain(config)
