"""The same data and the same weights are one, wherever they lie; other content is another, also at the same place."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from segsweep.report.compare import Question
from segsweep.report.read.comparison import Comparison
from tests.report.making import compare_runs, grid, make_run

SCORES = np.linspace(0.7, 0.9, 12)


def at(config: dict[str, Any], root: str, weights: str | None = None) -> dict[str, Any]:
    encoder = config["encoder"] | {"weights": weights}
    return {**config, "data": {**config["data"], "root": root}, "encoder": encoder}


def tables(runs: Path) -> list[Comparison]:
    return list(compare_runs(runs, Question("test/dice")).comparisons)


def num_runs(runs: Path) -> list[list[int]]:
    """Return how many runs each configuration of each table has."""
    return [[row.scores["test/dice"].n for row in table.rows] for table in tables(runs)]


def test_the_same_data_on_two_mounts_are_one_configuration(tmp_path: Path) -> None:
    for root, config in zip(("/mnt/a/set", "/mnt/b/set", "../set"), grid(seed=range(3)), strict=True):
        make_run(tmp_path, at(config, root), SCORES, data={"content_fingerprint": "c"})
    assert num_runs(tmp_path) == [[3]]


def test_the_rows_do_not_depend_on_the_folder_where_the_report_is_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here" / "set").mkdir(parents=True)
    for root, config in zip(("set", f"{tmp_path}/here/set"), grid(seed=range(2)), strict=True):
        make_run(tmp_path / "runs", at(config, root), SCORES)
    for folder in (tmp_path, tmp_path / "here"):
        monkeypatch.chdir(folder)
        assert num_runs(tmp_path / "runs") == [[2]]


def test_other_content_of_equal_names_and_masks_has_a_table_of_its_own(tmp_path: Path) -> None:
    for content, config in zip(("old", "old", "new"), grid(seed=range(3)), strict=True):
        make_run(tmp_path, config, SCORES, data={"content_fingerprint": content})
    assert num_runs(tmp_path) == [[2], [1]]


def test_a_record_without_the_content_stands_with_the_others_unless_they_leave_doubt(tmp_path: Path) -> None:
    old, new, other = grid(seed=range(3))
    make_run(tmp_path, old, SCORES)
    make_run(tmp_path, new, SCORES, data={"content_fingerprint": "c"})
    assert num_runs(tmp_path) == [[2]]
    make_run(tmp_path, other, SCORES, data={"content_fingerprint": "d"})
    assert num_runs(tmp_path) == [[1], [1], [1]]


def test_folds_of_two_mounts_are_replicates_and_folds_of_other_content_are_not(tmp_path: Path) -> None:
    roots = ("/mnt/a/set", "/mnt/b/set", "/mnt/a/set", "/mnt/a/set")
    for number, (root, config) in enumerate(zip(roots, grid(data__fold=range(4)), strict=True)):
        content = "new" if number == 3 else "old"
        data = {"fingerprint": str(number), "content_fingerprint": content}
        make_run(tmp_path, at(config, root), SCORES, data=data)
    assert num_runs(tmp_path) == [[3], [1]]


def test_a_run_that_failed_before_its_data_were_read_belongs_to_those_with_its_settings(tmp_path: Path) -> None:
    first, second, failed = grid(seed=range(3))
    for config in (first, second):
        make_run(tmp_path, at(config, "/mnt/a/set"), SCORES)
    make_run(tmp_path, at(failed, "set"), [], status="failed", reason="out of memory", data={"fingerprint": None})
    (table,) = tables(tmp_path)
    assert len(table.rows[0].configuration.excluded) == 1


def test_a_file_of_weights_counts_by_what_it_held(tmp_path: Path) -> None:
    a, b, c, old = grid(seed=range(4))
    for config, path, digest in (
        (a, "/mnt/a/one.pth", "1" * 32),
        (b, "one.pth", "1" * 32),
        (c, "/mnt/a/two.pth", "2" * 32),
        (old, "/mnt/a/two.pth", None),
    ):
        make_run(tmp_path, at(config, "set", path), SCORES, training={"encoder_weights": digest})
    (table,) = tables(tmp_path)
    (axis,) = table.axes
    assert set(axis.values) == {"one.pth (11111111)", "two.pth (22222222)"}
    assert [row.scores["test/dice"].n for row in table.rows] == [2, 2]


def test_a_file_that_was_changed_under_its_path_is_another(tmp_path: Path) -> None:
    for number, config in enumerate(grid(seed=range(3))):
        digest = None if number == 2 else str(number) * 32
        make_run(tmp_path, at(config, "set", "/w/one.pth"), SCORES, training={"encoder_weights": digest})
    (table,) = tables(tmp_path)
    assert set(table.axes[0].values) == {"/w/one.pth", "one.pth (00000000)", "one.pth (11111111)"}
