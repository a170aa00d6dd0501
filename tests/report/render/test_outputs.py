"""Markdown, LaTeX, CSV and the terminal show the same numbers, and nothing in a name becomes markup."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from segsweep.report.compare import Question
from segsweep.report.read.comparison import Report
from segsweep.report.render import latex, markdown
from segsweep.report.render.csv_files import write_results
from segsweep.report.render.latex import latex_report
from segsweep.report.render.markdown import markdown_report
from segsweep.report.render.tables import by_class, pivot_table, ranking_table, text_lines
from segsweep.report.render.text import describe_report
from tests.report.making import compare_runs, grid, make_run
from tests.report.render.page.making import make_report

IMAGES = np.random.default_rng(0).normal(0, 0.05, 30)


@pytest.fixture
def report(tmp_path: Path) -> Report:
    draws = np.random.default_rng(1)
    for config in grid(model=["unet", "fpn"], encoder=["resnet18", "mit_b0"], seed=range(2)):
        arch, encoder = config["model"]["arch"], config["encoder"]["name"]
        if (arch, encoder) == ("fpn", "mit_b0"):
            make_run(tmp_path, config, [], status="failed", reason="out of memory\n<script>|_*")
        else:
            level = {"unet": 0.9, "fpn": 0.6}[arch]
            make_run(tmp_path, config, level + IMAGES * 0.5 + draws.normal(0, 0.002))
    return compare_runs(tmp_path, Question(rows=("model",), columns=("encoder",)))


def test_the_ranking_has_the_best_of_each_column_in_bold(report: Report) -> None:
    comparison = report.comparisons[0]
    table = ranking_table(comparison)
    assert table.header == (
        "", "configuration", "accuracy", "precision", "recall", "val Dice", "Dice", "IoU", "n",
        "M parameters", "GFLOPs", "train img/s", "inference img/s", "peak GiB", "device h",
    )  # fmt: skip
    best = comparison.rows[0]
    score = best.scores["test/dice"]
    assert table.body[0][:2] == ("best", best.configuration.label)
    assert table.body[0][6] == f"{score.mean:.3f} ± {score.sd:.3f}"
    assert table.body[0][8] == "2"
    assert table.bold == {(0, column) for column in range(2, 8)}
    assert [row[0] for row in table.body] == ["best", "equal", "worse"]


def test_a_pivot_cell_holds_mean_sd_and_n_or_why_it_is_empty(report: Report) -> None:
    table = pivot_table(report.comparisons[0].pivots[0])
    assert table.header == ("model", "mit_b0", "resnet18")
    assert table.body[0][:2] == ("fpn", "failed: out of memory")
    assert [cell[-5:] for cell in table.body[1][1:]] == ["(2) =", "1 (2)"]
    assert len(table.bold) == 1


def test_the_terminal_shows_the_first_rows_what_was_left_out_and_the_answer_last(report: Report) -> None:
    text = describe_report(report, best=2, with_pivots=True)
    parts = text.split("\n\n")
    assert parts[0].startswith("shapes: test, 30 images, pixels counted at the stored size; 6 runs of 3 configurations")
    assert parts[1].splitlines()[-1] == "... and 1 more"
    assert parts[0].endswith("; equal: shown to lie within 0.01 Dice; ranked by val Dice, judged by test Dice")
    assert "equal: shown to be equal to the first within 0.01 Dice" in parts[1]
    assert parts[2].startswith("Dice by model (rows) and encoder (columns)\n")
    assert parts[2].endswith("mean ± standard deviation (n runs). = equal to the first of the ranking.")
    assert "2 not averaged:" in text
    assert "failed, out of memory <script>|_*" in text
    assert parts[-1] == report.comparisons[0].answer


def test_columns_are_as_wide_as_their_widest_cell(report: Report) -> None:
    widths = {len(line) for line in text_lines(ranking_table(report.comparisons[0])).splitlines()}
    assert len(widths) == 1


def test_markdown_has_every_part_and_no_markup_of_others(report: Report) -> None:
    text = markdown_report(report)
    assert "| best | unet/" in text
    assert "## Dice by model (rows) and encoder (columns)" in text
    assert "equal: shown to lie within 0.01 Dice; ranked by val Dice" in text
    assert "| equal | images and seeds |" in text
    assert "## What each choice adds to Dice\n" in text
    assert "- fpn-mit\\_b0-" in text
    assert r"failed, out of memory \<script\>\|\_\*" in text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert all(line.replace(r"\|", "").count("|") in (4, 6, 8, 16) for line in rows)


def test_latex_escapes_every_sign_that_means_something(report: Report) -> None:
    text = latex_report(report)
    assert text.count(r"\begin{table}") == text.count(r"\end{table}") == 2
    assert r"unet/mit\_b0" in text
    assert r"\textbf{0." in text
    assert r" $\pm$ 0." in text
    assert latex.escaped(r"\_{}&%$#~^<>|") == (
        r"\textbackslash{}\_\{\}\&\%\$\#\textasciitilde{}\textasciicircum{}\textless{}\textgreater{}\textbar{}"
    )
    assert markdown.escaped("a\nb|c") == r"a b\|c"


def test_the_csv_holds_every_run_also_those_that_were_not_averaged(report: Report, tmp_path: Path) -> None:
    unplaced = replace(report, unplaced=(replace(report.comparisons[0].excluded[0], run=None, status="damaged"),))
    write_results(unplaced, tmp_path / "results.csv")
    with (tmp_path / "results.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["status"] for row in rows] == ["complete"] * 6 + ["failed"] * 2 + ["damaged"]
    best = rows[0]
    assert (best["comparison"], best["rank"], best["standing"], best["axis:model"]) == ("1", "1", "best", "unet")
    run = report.comparisons[0].rows[0].configuration.runs[0]
    assert float(best["test/dice"]) == run.record.metrics["test/dice"]
    assert float(best["cost:device h"]) == pytest.approx(0.5)
    assert best["config:model.arch"] == "unet"
    assert rows[6]["reason"].startswith("out of memory")
    assert rows[8]["rank"] == rows[8]["test/dice"] == ""


def test_classes_are_scored_by_the_metric_of_the_ranking(tmp_path: Path) -> None:
    found = by_class(make_report(tmp_path, axes={"model": ["fpn", "unet"]}, with_files=False).comparisons[0])
    assert found is not None
    assert (found.metric, found.classes) == ("test/dice", ["background", "nucleus", "cytoplasm"])
    best = found.scores[0]
    assert [None not in best, len(best)] == [True, 3]
