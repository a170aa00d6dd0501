import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from segsweep.config.identity import run_name
from segsweep.config.plugins import load_plugins, named_plugins, plugin_digest, require_loaded
from segsweep.core.errors import ConfigError
from segsweep.core.registry import Table, load

CONFIG = {"model": {"arch": "unet"}, "encoder": {"name": "resnet18"}, "seed": 0}


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    plugin_digest.cache_clear()
    return tmp_path


def test_an_empty_list_of_plugins_leaves_the_name_of_a_run_as_it_is() -> None:
    assert run_name({**CONFIG, "plugins": []}) == run_name(CONFIG)


def test_the_content_of_a_plugin_is_part_of_a_run(lab: Path) -> None:
    (lab / "my_first_lab.py").write_text("WIDTH = 1\n")
    before = run_name({**CONFIG, "plugins": ["my_first_lab"]})
    assert before != run_name(CONFIG)
    (lab / "my_first_lab.py").write_text("WIDTH = 2\n")
    plugin_digest.cache_clear()
    assert run_name({**CONFIG, "plugins": ["my_first_lab"]}) != before


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["plugins=[a.b,c]"], ["a.b", "c"]),
        (["plugins=a"], ["a"]),
        (["plugins=[a]", "plugins=[]"], []),
        (["-m", "seed=0,1"], []),
        (["experiment=wbc_quick"], []),
    ],
)
def test_plugins_are_found_before_the_config_is_composed(words: list[str], names: list[str]) -> None:
    assert named_plugins(words) == names


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (None, "plugins names lab_under_test, and Python finds no such module"),
        ("import no_such_thing", "which fails to import: ModuleNotFoundError: No module named 'no_such_thing'"),
        ("1 / 0", "which fails to import: ZeroDivisionError: division by zero"),
        ("from segsweep.core.errors import ConfigError\nraise ConfigError('taken')", "cannot be used: taken"),
    ],
)
def test_a_plugin_that_cannot_be_imported_is_answered_in_words(lab: Path, source: str | None, text: str) -> None:
    if source is not None:
        (lab / "lab_under_test.py").write_text(source)
    with pytest.raises(ConfigError) as raised:
        load_plugins(["lab_under_test"])
    assert text in str(raised.value)
    assert "lab_under_test" not in sys.modules


def test_what_is_no_name_of_a_module_and_what_comes_too_late_is_refused() -> None:
    with pytest.raises(ConfigError, match="which is no name of a module"):
        load_plugins(["../lab"])
    with pytest.raises(ConfigError, match="is read after plugins are imported"):
        require_loaded(["a_lab_that_nobody_imported"])


class Row:
    def __init__(self, name: str) -> None:
        self.name = name


def test_a_table_keeps_its_rows_and_refuses_a_name_that_is_taken() -> None:
    first = Row("a")
    table = Table("a loss term", [first, Row("b")])
    assert (list(table), table["a"], table.add(first)) == (["a", "b"], first, first)
    with pytest.raises(ConfigError, match="a loss term named a exists already"):
        table.add(Row("a"))


def test_settings_that_are_no_dataclass_are_refused() -> None:
    @dataclass
    class Base:
        width: int = 1

    class Forgotten(Base):
        depth: int = 1

    row = Row("a")
    row.settings = Forgotten  # type: ignore[attr-defined]
    with pytest.raises(ConfigError, match="a loss term named a has the settings Forgotten, which is no dataclass"):
        Table("a loss term", [row])


def test_what_a_row_names_is_imported_or_its_absence_told() -> None:
    assert load("math:sqrt")(4) == 2
    with pytest.raises(ConfigError, match=r"math:sqr does not exist: math has no sqr. Nearest: sqrt"):
        load("math:sqr")
    with pytest.raises(ConfigError, match="no_such_module"):
        load("no_such_module:x")
