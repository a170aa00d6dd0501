"""The tables of the page, by hand."""

from dataclasses import replace
from pathlib import Path

import pytest

from segsweep.report.read.comparison import Cell, Effect, Effects, Pivot
from segsweep.report.read.model import Excluded, Spread
from segsweep.report.render.page.evidence import drawn_intervals, effects_of, evidence_of
from segsweep.report.render.page.ranking import ranking_of
from segsweep.report.render.page.tables import class_table, excluded_rows, pivot_table
from segsweep.report.render.words import link_to, probability_text, score_text
from tests.report.render.page.making import make_report

AXES = {"model": ["fpn", "unet"], "encoder": ["resnet18", "resnet34"]}


def test_the_ranking_starts_with_what_was_chosen_the_score_and_its_verdict(tmp_path: Path) -> None:
    ranking = ranking_of(make_report(tmp_path, axes=AXES).comparisons[0], tmp_path / "report")
    keys = [column.key for column in ranking.columns if column.is_shown]
    assert keys[:7] == ["rank", "axis:model", "axis:encoder", "label", "test/dice", "standing", "n"]
    assert keys[7:12] == [f"test/{name}" for name in ("accuracy", "precision", "recall", "f1", "miou")]
    assert "test/loss" in [column.key for column in ranking.columns if not column.is_shown]
    first = {column.key: cell for column, cell in ranking.rows[0].cells}
    assert (first["axis:model"].text, first["axis:encoder"].text) == ("unet", "resnet34")
    assert (first["standing"].text, first["n"].text) == ("best", "3")
    assert first["test/dice"].is_top
    assert not first["test/loss"].is_top  # of a loss the least is best, and here it grows with Dice
    assert [run.name for run in ranking.rows[0].runs] == ["seed 0", "seed 1", "seed 2"]
    assert ranking.rows[0].runs[0].link == "../run3-0/"


def test_every_configuration_is_compared_with_the_best(tmp_path: Path) -> None:
    evidence = evidence_of(make_report(tmp_path, axes=AXES).comparisons[0])
    assert [row.name for row in evidence.versus_best] == ["unet/resnet18", "fpn/resnet34", "fpn/resnet18"]
    assert evidence.versus_best[-1].verdict == "worse, by images and seeds"
    assert evidence.versus_best[-1].difference.startswith("+0.2")
    assert evidence.noise == "A run differs by its seed alone by 0.0100 (sd)."


def test_intervals_of_a_table_share_a_scale_that_holds_zero() -> None:
    first, second = drawn_intervals([(1.0, 2.0, 3.0), (-1.0, 0.0, 1.0)])
    assert (second.low, second.middle, second.high) == (6, 43, 80)  # -1 to 3 over 148 px, after a margin of 6
    assert (first.low, first.middle, first.high) == (80, 117, 154)
    assert first.zero == second.zero == 43


def test_effects_are_shown_with_their_share_of_the_variance(tmp_path: Path) -> None:
    table = effects_of(make_report(tmp_path, axes=AXES).comparisons[0])
    assert [(row.axis, row.value, row.effect) for row in table.rows[:2]] == [
        ("model", "fpn", "−0.0250"),
        ("model", "unet", "+0.0250"),
    ]
    assert "87%" in table.remark


def test_an_interval_without_anything_to_estimate_it_from_is_not_shown(tmp_path: Path) -> None:
    comparison = make_report(tmp_path, axes=AXES).comparisons[0]
    alone = Effects((Effect("model", "fpn", 0.1, 0.1, 0.1, 1),), (), None)
    (row,) = effects_of(replace(comparison, effects=alone)).rows
    assert (row.effect, row.interval) == ("+0.1000", "not known")


def test_a_pivot_colors_the_better_stronger_and_says_why_a_cell_is_empty() -> None:
    cells = {
        (0, 0): Cell(Spread(3, 0.8, 0.01), num_configurations=1),
        (0, 1): Cell(Spread(2, 0.9, None), num_configurations=1, is_best=True),
        (1, 0): Cell(None, "failed: out of memory"),
        (1, 1): Cell(Spread(1, 0.85, None), num_configurations=1),
    }
    table = pivot_table(Pivot("test/dice", ("model",), ("size",), (("fpn",), ("unet",)), (("256",), ("512",)), cells))
    assert table.caption.startswith("test/dice: model by size; ")
    assert table.caption.endswith("over (n) seeds and folds")
    (worst, best), (empty, middle) = (row.cells for row in table.rows)
    assert (worst.style, middle.style, best.style) == ("", "heat-4", "heat-8 winner")
    assert (worst.text, worst.spread, worst.n, best.spread, best.n) == ("0.8000", "0.0100", 3, "", 2)
    assert empty.why_empty == "failed: out of memory"


def test_where_cells_fold_configurations_all_of_them_count_configurations() -> None:
    cells = {
        (0, 0): Cell(Spread(2, 0.8, 0.05), num_configurations=2),
        (1, 0): Cell(Spread(3, 0.9, 0.01), num_configurations=1),
    }
    table = pivot_table(Pivot("test/dice", ("model",), (), (("fpn",), ("unet",)), ((),), cells))
    assert "(n) configurations" in table.caption
    folded, single = (row.cells[0] for row in table.rows)
    assert (folded.spread, folded.n) == ("0.0500", 2)
    assert (single.spread, single.n) == ("", 1)  # the spread of its seeds would mean something else


def test_of_a_loss_the_least_is_the_strongest() -> None:
    cells = {(0, 0): Cell(Spread(1, 2.0, None)), (1, 0): Cell(Spread(1, 1.0, None))}
    table = pivot_table(Pivot("val/loss", ("model",), (), (("a",), ("b",)), ((),), cells, "min"))
    assert [row.cells[0].style for row in table.rows] == ["", "heat-8"]
    assert table.column_names == ["val loss"]


def test_each_class_has_its_winner(tmp_path: Path) -> None:
    table = class_table(make_report(tmp_path, axes=AXES).comparisons[0])
    assert table is not None
    assert table.caption == "test/dice by class"
    assert [cell.is_best for cell in table.rows[0].cells] == [True, True, True]
    assert not any(cell.is_best for row in table.rows[1:] for cell in row.cells)


def test_one_class_alone_makes_no_table(tmp_path: Path) -> None:
    assert class_table(make_report(tmp_path, axes=AXES, class_names=["wall"]).comparisons[0]) is None


def test_runs_that_are_not_counted_are_listed_by_status(tmp_path: Path) -> None:
    report = make_report(
        tmp_path,
        axes=AXES,
        excluded=[Excluded(tmp_path / "b", "pruned", "below the median")],
        unplaced=[Excluded(tmp_path / "a", "damaged", "cut short")],
    )
    rows = excluded_rows(report.comparisons[0], report.unplaced, tmp_path / "report")
    assert [(row.name, row.link, row.status, row.reason) for row in rows] == [
        ("a", "../a/", "damaged", "cut short"),
        ("b", "../b/", "pruned", "below the median"),
    ]


@pytest.mark.parametrize(
    ("value", "text"), [(0.91239, "0.9124"), (-0.5, "−0.5000"), (-0.00001, "0.0000"), (123.456, "123.46")]
)
def test_scores_have_four_decimals(value: float, text: str) -> None:
    assert score_text(value) == text


def test_a_probability_that_draws_cannot_tell_from_zero_is_a_bound() -> None:
    assert (probability_text(0.0001), probability_text(0.0321)) == ("< 0.001", "0.032")


def test_a_link_is_a_place_whatever_the_folder_is_called(tmp_path: Path) -> None:
    assert link_to(tmp_path / "javascript:alert(1)", tmp_path) == "./javascript%3Aalert%281%29/"
