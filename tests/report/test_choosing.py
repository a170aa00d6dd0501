"""What choosing does to a score: on which images, among survivors of a pruner, and after how much training."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from segsweep.core.errors import ReportError
from segsweep.report.compare import Question
from segsweep.report.read.comparison import Comparison
from segsweep.report.read.configurations import group_runs
from segsweep.report.read.model import Excluded, RunFacts
from segsweep.report.render.answer import choice_cautions
from segsweep.report.render.tables import pivot_table, ranking_table
from segsweep.report.stats.ranking import rank
from segsweep.report.stats.trained import collapsed_runs
from segsweep.runs.record import RunRecord
from tests.report.making import compare_runs, grid, make_run

IMAGES = np.random.default_rng(0).normal(0, 0.05, 40)


def compare(runs: Path, question: Question | None = None) -> Comparison:
    return compare_runs(runs, question).comparisons[0]


def make_pair(runs: Path, *, on_val: dict[str, float | None], on_test: dict[str, float]) -> None:
    draws = np.random.default_rng(1)
    for config in grid(model=list(on_test), seed=range(3)):
        arch = config["model"]["arch"]
        scores = on_test[arch] + IMAGES + draws.normal(0, 0.002)
        make_run(runs, config, scores, metrics={"val/dice": on_val[arch]})


def test_the_first_is_chosen_on_val_and_judged_on_test(tmp_path: Path) -> None:
    make_pair(tmp_path, on_val={"unet": 0.9, "fpn": 0.8}, on_test={"unet": 0.8, "fpn": 0.85})
    found = compare(tmp_path)
    standings = [(row.configuration.label, row.standing) for row in found.rows]
    assert standings == [("unet/resnet18", "best"), ("fpn/resnet18", "better")]
    assert (found.selected_by, found.evidence.selected_on, found.cautions) == ("val/dice", "val", ())
    assert found.answer.startswith("unet/resnet18 has the highest val Dice (Dice 0.798 ± 0.001, n=3)")
    assert found.answer.endswith("; on the test images fpn/resnet18 is better.")
    assert [row[0] for row in ranking_table(found).body] == ["first", "better"]


def test_chosen_on_test_the_report_says_how_much_too_good_the_first_looks(tmp_path: Path) -> None:
    make_pair(tmp_path, on_val={"unet": 0.9, "fpn": 0.8}, on_test={"unet": 0.849, "fpn": 0.85})
    found = compare(tmp_path, Question(select="test"))
    assert (found.rows[0].configuration.label, found.selected_by) == ("fpn/resnet18", "test/dice")
    chosen = replace(found, evidence=replace(found.evidence, optimism=0.0131))
    assert choice_cautions(chosen) == [
        "The first of 2 configurations was chosen on the images that judge it: with 3 runs each it looks about "
        "0.0131 Dice better than it is."
    ]


def test_without_scores_of_val_test_chooses_and_val_cannot_be_insisted_on(tmp_path: Path) -> None:
    make_pair(tmp_path, on_val={"unet": 0.9, "fpn": None}, on_test={"unet": 0.8, "fpn": 0.85})
    assert compare(tmp_path).selected_by == "test/dice"
    with pytest.raises(ReportError, match=r"--select val needs val/dice, which not every run has\. Take --select test"):
        compare(tmp_path, Question(select="val"))


def test_without_test_images_it_is_said_that_best_epochs_were_chosen_on_the_same(tmp_path: Path) -> None:
    for config in grid():
        make_run(tmp_path, config, 0.8 + IMAGES, training={"tested_split": "val"})
    sentence = "Best epochs were chosen on these validation images too: new images will likely score worse."
    assert compare(tmp_path).cautions == (sentence,)


def test_a_configuration_with_pruned_seeds_stands_apart_however_good_the_rest_of_it_is(tmp_path: Path) -> None:
    for config in grid(model=["unet", "fpn"], seed=range(2)):
        if config["model"]["arch"] == "fpn" and config["seed"] == 1:
            make_run(tmp_path, config, [], status="pruned", reason="below the median")
        else:
            make_run(tmp_path, config, {"unet": 0.8, "fpn": 0.9}[config["model"]["arch"]] + IMAGES)
    found = compare(tmp_path)
    places = [(row.configuration.label, row.is_apart) for row in found.rows]
    assert places == [("unet/resnet18", False), ("fpn/resnet18", True)]
    assert found.answer.startswith("unet/resnet18 is the only one of which no run was pruned")
    sentence = "Without a rank, since runs were pruned and those left look better: fpn/resnet18 (1 of 2)."
    assert found.cautions == (sentence,)
    table = ranking_table(found)
    assert [row[0] for row in table.body] == ["", "pruned"]
    assert {row for row, _ in table.bold} == {0}
    cells = [row[1] for row in pivot_table(found.pivots[0]).body]
    assert [cell.endswith(" (1), 1 pruned") for cell in cells] == [True, False]


def simulated(arch: str, seed: int, score: float, *, pruned: bool) -> RunFacts:
    config = {"seed": seed, "data": {"name": "cells", "fold": None}, "model": {"arch": arch}}
    record = RunRecord(arch, "pruned" if pruned else "complete", {} if pruned else {"test/dice": score}, config)
    return RunFacts(Path(f"{arch}-{seed}"), record, {"model.arch": arch, "encoder.name": "r"}, arch)


def first_of(runs: list[RunFacts]) -> str:
    complete = [run for run in runs if run.record.status == "complete"]
    excluded = [Excluded(run.folder, "pruned", "", run) for run in runs if run not in complete]
    return rank(group_runs(complete, excluded).ranked, "test/dice", "max")[0].key


def test_pruning_does_not_lift_an_unstable_configuration_to_the_top() -> None:
    """Of three with equal means one scatters 10 times as much; the pruner stops what lies far below the median."""
    draws, firsts, ranked_by_survivors, num_sweeps = np.random.default_rng(0), 0, 0, 200
    for _ in range(num_sweeps):
        scores = {arch: draws.normal(0.8, sd, 3) for arch, sd in {"wild": 0.05, "calm": 0.005, "even": 0.005}.items()}
        lowest = np.median(np.concatenate(list(scores.values()))) - 0.02
        runs = [
            simulated(arch, seed, score, pruned=score < lowest)
            for arch, own in scores.items()
            for seed, score in enumerate(own)
        ]
        firsts += first_of(runs) == "wild"
        ranked_by_survivors += first_of([run for run in runs if run.record.status == "complete"]) == "wild"
    assert ranked_by_survivors / num_sweeps > 0.6  # what the report must not do
    assert firsts / num_sweeps < 0.5


def test_training_that_ended_too_soon_is_said_beside_the_answer(tmp_path: Path) -> None:
    for config in grid(model=["unet", "fpn"], seed=range(2)):
        at_end = config["model"]["arch"] == "fpn"
        ended = {"best_epoch": 50 if at_end else 10, "epochs_done": 50 if at_end else 13, "stopped_early": not at_end}
        make_run(tmp_path, config, 0.8 + IMAGES, training=ended)
    assert compare(tmp_path).cautions == (
        "2 of 4 runs were best at their last epoch: longer ones may rank otherwise.",
        "Early stopping ended 2 of 4 runs.",
    )


def test_collapsed_runs_are_marked_and_named(tmp_path: Path) -> None:
    everything = {"test/recall/cell": 1.0, "test/precision": 0.3, "test/accuracy": 0.3}
    for config in grid(model=["unet", "fpn", "pan"], seed=range(3)):
        arch, is_last = config["model"]["arch"], config["seed"] == 2
        scores = (0.2 if is_last and arch == "unet" else 0.8) + IMAGES
        make_run(tmp_path, config, scores, metrics=everything if is_last and arch == "fpn" else {})
    found = compare(tmp_path)
    marks = {row.configuration.values["model"]: row.marks for row in found.rows}
    assert marks == {"unet": ("1 collapsed",), "fpn": ("1 collapsed",), "pan": ()}
    assert found.cautions[0].startswith("2 of 9 runs collapsed, and are averaged in: ")
    assert "gives one class everywhere" in found.cautions[0]
    assert ", its replicates 0.797" in found.cautions[0]


@pytest.mark.parametrize(("recalls", "collapsed"), [((1, 0, 0), True), ((0.9, 0, 0), False), ((1, 1, 1), False)])
def test_one_class_everywhere_is_known_by_the_recall_of_each(recalls: tuple[float, ...], collapsed: bool) -> None:
    run = simulated("unet", 0, 0.3, pruned=False)
    metrics: dict[str, float | None] = {
        "test/dice": 0.3,
        **{f"test/recall/{name}": value for name, value in zip("abc", recalls, strict=True)},
    }
    grouped = group_runs([replace(run, record=replace(run.record, metrics=metrics))], [])
    assert bool(collapsed_runs(grouped.ranked[0], "test/dice", "max")) is collapsed


def test_what_only_a_failed_run_has_is_no_axis(tmp_path: Path) -> None:
    for config in grid(model=["unet", "fpn"]):
        make_run(tmp_path, config, 0.8 + IMAGES)
    for config in grid(optimizer__lr=[0.5]):
        make_run(tmp_path, config, [], status="failed", reason="the loss is not finite")
    found = compare(tmp_path)
    assert [axis.name for axis in found.axes] == ["model"]
    assert {row.configuration.label for row in found.rows} == {"unet/resnet18", "fpn/resnet18"}
