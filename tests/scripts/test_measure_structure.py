import ast
from pathlib import Path

from scripts.measure_structure import Module, cycles, measure, string_keys

ONE = '''"""A module."""

from segsweep.b import two


def plural(word):
    """Return it."""
    return record.cost["epochs"], record.metrics["val/miou"], facts.get("name"), facts.get(word)
'''
TWO = """from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segsweep.c import three


class Two:
    def _plural(self):
        from segsweep.c import three
"""


def test_a_package_of_three_modules_is_measured(tmp_path: Path) -> None:
    for name, text in {"a/one.py": ONE, "b/two.py": TWO, "c/three.py": "from segsweep.a.one import plural\n"}.items():
        file = tmp_path / "segsweep" / name
        file.parent.mkdir(parents=True)
        file.write_text(text)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_it.py").write_text("\n" * 9)
    found = measure(tmp_path)
    assert (found.num_files, found.num_lines, found.test_lines_per_line) == (3, 18, 0.5)
    assert (found.num_functions, found.function_lines_median) == (2, 2.5)
    assert found.longest_function == "segsweep/a/one.py:6 plural 3"
    assert (found.string_keys, found.told_twice) == (2, {"plural": 2})
    assert (found.cycles_of_modules, found.cycles_of_rooms) == ([], [])  # what a function imports makes no ring


def test_modules_that_import_each_other_are_named_together() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}, "e": set[str]()}
    assert cycles(graph) == ["a <-> b <-> c"]


def test_only_tables_of_facts_count_as_asked_by_a_string() -> None:
    text = 'trial.user_attrs["run"]; trial.set_user_attr("run", 1); config["x"]; record.data.get("name"); facts[key]'
    assert string_keys(Module("m", Path("m.py"), 1, ast.parse(text))) == 3
