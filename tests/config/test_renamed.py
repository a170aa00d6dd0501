import json
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra

from segsweep.compose import from_plain
from segsweep.config.files import register_config_files
from segsweep.config.identity import ADDED, run_name
from segsweep.config.options import conf_dir
from segsweep.config.renamed import RENAMED, warn, with_first_names, with_new_names, with_new_words
from segsweep.report.read.settings import configuration_settings
from segsweep.runs.record import RunRecord
from tests.compose import register
from tests.pins.test_run_names import FOLDER, composed


@pytest.fixture(autouse=True)
def not_warned() -> None:
    warn.cache_clear()


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
    assert capsys.readouterr().err.count("data.ignore_colour is now named data.ignore_color.") == 1


FILE = """# @package _global_
defaults:
  - override /data: folder
data:
  root: x
  ignore_colour: [1, 2, 3]
hydra:
  sweeper:
    params:
      data.ignore_colour: "[1,1,1],[2,2,2]"
"""


def test_an_old_key_in_a_file_of_ones_own_is_taken_with_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment" / "mine.yaml").write_text(FILE)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "cells.yaml").write_text("defaults: [folder, _self_]\nroot: x\nignore_colour: [4, 5, 6]\n")
    register()
    register_config_files()
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(conf_dir())):
        search_path = f"hydra.searchpath=[file://{tmp_path}]"
        mine = compose("config", [search_path, "experiment=mine"], return_hydra_config=True)
        assert mine.data.ignore_color == [1, 2, 3]
        assert list(mine.hydra.sweeper.params) == ["data.ignore_color"]
        assert compose("config", [search_path, "data=cells"]).data.ignore_color == [4, 5, 6]
    said = capsys.readouterr().err
    assert said.count("data.ignore_colour (experiment/mine) is now named data.ignore_color.") == 1
    assert said.count("data.ignore_colour (data/cells) is now named data.ignore_color.") == 1


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


@pytest.mark.parametrize("words", ["", FOLDER])
def test_a_record_without_what_later_versions_added_is_read_typed(words: str) -> None:
    old, now = composed(words), composed(words)
    for dotted, before in ADDED.items():
        group, key = dotted.split(".")
        if key in old[group]:
            old[group] = {name: value for name, value in old[group].items() if name != key}
            now[group] = {**now[group], key: before}
    assert from_plain(old) == from_plain(now)
