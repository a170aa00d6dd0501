"""A folder of runs becomes a ranking, tables and an answer."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from segsweep.config.identity import NO_ENCODER
from segsweep.core.errors import ReportError
from segsweep.report.compare import Question
from segsweep.report.read.comparison import Comparison
from segsweep.report.render.tables import ranking_table
from segsweep.report.render.words import spread_text
from tests.report.making import compare_runs, grid, make_run

pytestmark = pytest.mark.slow

LEVELS = {("unet", "resnet18"): 0.85, ("unet", "mit_b0"): 0.85, ("fpn", "resnet18"): 0.7, ("fpn", "mit_b0"): 0.72}
IMAGES = np.random.default_rng(0).normal(0, 0.05, 40)


def make_sweep(runs: Path, *, num_seeds: int = 3, **options: Any) -> None:
    draws = np.random.default_rng(1)
    for config in grid(model=["unet", "fpn", "unetplusplus"], encoder=["resnet18", "mit_b0"], seed=range(num_seeds)):
        pair = config["model"]["arch"], config["encoder"]["name"]
        if pair in LEVELS:
            noise = draws.normal(0, 0.02, 40) + draws.normal(0, 0.003)
            make_run(runs, config, LEVELS[pair] + IMAGES + noise, **options)
        elif pair == ("unetplusplus", "resnet18"):
            make_run(runs, config, [], status="failed", reason="Out of memory at batch 1. Try a smaller one.")


def compare(runs: Path, question: Question | None = None) -> Comparison:
    return compare_runs(runs, question or Question()).comparisons[0]


def test_the_ranking_says_what_is_worse_than_the_best_and_what_nobody_knows_yet(tmp_path: Path) -> None:
    make_sweep(tmp_path)
    found = compare(tmp_path)
    assert [(row.rank, row.standing) for row in found.rows] == [(1, "best"), (2, "unknown"), (3, "worse"), (4, "worse")]
    assert {row.configuration.label for row in found.rows[:2]} == {"unet/resnet18", "unet/mit_b0"}
    best, last = found.rows[0], found.rows[3]
    own = [float(run.record.metrics["test/dice"] or 0) for run in best.configuration.runs]
    assert (best.scores["test/dice"].mean, best.scores["test/dice"].sd) == pytest.approx(
        (np.mean(own), np.std(own, ddof=1))
    )
    assert last.versus_best is not None
    assert last.versus_best.low < best.scores["test/dice"].mean - last.scores["test/dice"].mean < last.versus_best.high
    assert (last.versus_best.num_images, last.versus_best.basis) == (40, "images and seeds")
    assert best.cost["device_hours"] == pytest.approx(1.5)  # three runs of half an hour
    assert [row.pareto for row in found.rows] == [True, False, True, False]  # 9 GFLOPs, 9, 8, 8
    assert len(found.pairs) == 6
    assert (found.evidence.num_images, found.evidence.num_seeds, found.evidence.margin) == (40, 3, 0.01)
    assert "; 2 others are worse; whether 1 other may be as good or better is not known (" in found.answer
    wide = compare(tmp_path, Question(margin=0.05))
    assert wide.rows[1].standing == "equal"
    cost = f"(9 GFLOPs, {best.cost['parameters_m']:.3g} M parameters)"
    equal = "1 other is equal to it within 0.05 Dice"
    value = f"Dice {spread_text(best.scores['test/dice'])}, n=3"
    words = f" is best ({value}); {equal}; cheapest of these: itself {cost}; 2 others are worse."
    assert wide.answer.endswith(words)


def test_images_whose_names_say_that_they_belong_together_count_as_one(tmp_path: Path) -> None:
    make_sweep(tmp_path)
    by_ten = compare(tmp_path, Question(group=r"^(\d{4})")).evidence  # 00000 to 00009, ...
    assert (by_ten.num_images, by_ten.num_groups) == (40, 4)
    assert by_ten.effective_images == pytest.approx(4, rel=0.01)
    few = compare(tmp_path, Question(group=r"^(\d{4})")).rows[3].versus_best
    assert few is not None
    assert few.reason.startswith("4 groups of images are too few")
    assert compare(tmp_path, Question(group=r"\d$")).rows[3].standing == "worse"  # ten groups of four


def test_runs_of_folds_without_test_images_are_compared_on_the_images_of_all_folds(tmp_path: Path) -> None:
    draws = np.random.default_rng(5)
    for fold, level in enumerate(draws.normal(0, 0.1, 5)):  # folds differ more than the two models do
        for config in grid(model=["unet", "fpn"], data__fold=[fold]):
            own = 0.75 if config["model"]["arch"] == "unet" else 0.7
            dice = own + level + IMAGES[:20] + draws.normal(0, 0.005)
            file = make_run(tmp_path, config, dice, training={"tested_split": "val"}) / "per_image.csv"
            file.write_text(file.read_text().replace("\n000", f"\nfold{fold}-"))
    found = compare(tmp_path, Question("val/dice"))
    assert (found.evidence.num_images, found.pairs[0].verdict) == (100, "better")
    assert found.pairs[0].difference == pytest.approx(0.05, abs=0.01)
    assert any("the 100 images of 5 folds" in note for note in found.notes)


def test_a_table_says_why_a_cell_is_empty(tmp_path: Path) -> None:
    make_sweep(tmp_path)
    (pivot,) = compare(tmp_path).pivots
    assert (pivot.row_axes, pivot.column_axes) == (("model",), ("encoder",))
    cells = {(*pivot.rows[row], *pivot.columns[column]): cell for (row, column), cell in pivot.cells.items()}
    assert cells["unetplusplus", "resnet18"].why_empty == "failed: Out of memory at batch 1"
    assert cells["unetplusplus", "mit_b0"].why_empty == (
        "cannot be trained: model=unetplusplus does not go with encoder=mit_b0"
    )
    assert sum(cell.is_best for cell in cells.values()) == 1
    assert cells["fpn", "mit_b0"].spread == compare(tmp_path).rows[2].scores["test/dice"]


def test_a_combination_that_could_be_trained_was_not_run(tmp_path: Path) -> None:
    for config in [*grid(model=["unet", "fpn"], encoder=["resnet18"]), *grid(model=["unet"], encoder=["mit_b0"])]:
        make_run(tmp_path, config, 0.8 + IMAGES)
    (pivot,) = compare(tmp_path).pivots
    assert [cell.why_empty for cell in pivot.cells.values() if cell.spread is None] == ["not run"]


def test_an_architecture_without_an_encoder_is_named_without_one_and_meets_none(tmp_path: Path) -> None:
    for config in grid(model=["unet"], encoder=["resnet18", "mit_b0"], seed=[0, 1]):
        make_run(tmp_path, config, 0.8 + IMAGES)
    for config in grid(model=["unet"], encoder=["resnet18"], seed=[0, 1]):
        own = {**config, "model": {"arch": "mynet", "width": 8}, "encoder": {"name": NO_ENCODER, "weights": None}}
        make_run(tmp_path, own, 0.9 + IMAGES)
    found = compare(tmp_path)
    assert [row.configuration.label for row in found.rows] == ["mynet", "unet/mit_b0", "unet/resnet18"]
    (pivot,) = found.pivots
    empty = {(*pivot.rows[at[0]], *pivot.columns[at[1]]): cell.why_empty for at, cell in pivot.cells.items()}
    assert empty["mynet", "resnet18"] == "cannot be trained: mynet has no encoder"
    assert empty["unet", "-"] == "cannot be trained: unet needs an encoder"


def test_cells_that_fold_other_axes_say_so_and_warn_where_they_do_not_hold_the_same(tmp_path: Path) -> None:
    for config in grid(model=["unet", "fpn"], encoder=["resnet18", "mit_b0"], loss=["dice", "bce_dice"]):
        if (config["model"]["arch"], config["encoder"]["name"]) != ("fpn", "mit_b0") or config["loss"]["bce"]["weight"]:
            make_run(tmp_path, config, 0.8 + IMAGES)
    (pivot,) = compare(tmp_path, Question(rows=("model",), columns=("encoder",))).pivots
    assert sorted(cell.num_configurations for cell in pivot.cells.values()) == [1, 2, 2, 2]
    assert pivot.note.startswith("Not all cells hold the same of loss")
    (by_loss,) = compare(tmp_path, Question(rows=("model", "encoder"), columns=("loss",))).pivots
    assert by_loss.note == ""
    assert len(by_loss.rows) == 4


def test_with_one_seed_what_is_behind_is_not_called_worse(tmp_path: Path) -> None:
    make_sweep(tmp_path, num_seeds=1)
    found = compare(tmp_path)
    assert [row.standing for row in found.rows] == ["best", "unknown", "unknown", "unknown"]
    assert found.rows[3].versus_best is not None
    assert found.rows[3].versus_best.basis == "images"
    assert (
        f"has the highest val Dice (Dice {found.rows[0].scores['test/dice'].mean:.3f}, n=1); which is best is not"
        in found.answer
    )
    assert found.answer.endswith("; 2 of them differ on these images.")
    assert [row[0] for row in ranking_table(found).body] == ["first", "not known", "differs", "differs"]
    assert found.noise.sd is None
    assert found.noise.sentence.startswith("Every configuration was run once, so nobody knows")
    assert found.noise.advice == "run each again with seed=0,1,2"
    assert found.noise.advice in found.answer


def test_without_scores_of_images_the_seeds_alone_judge_and_without_both_nothing_does(tmp_path: Path) -> None:
    make_sweep(tmp_path / "seeds", with_images=False)
    found = compare(tmp_path / "seeds")
    assert {pair.basis for pair in found.pairs} == {"seeds"}
    assert [row.standing for row in found.rows] == ["best", "unknown", "worse", "worse"]
    assert any("only the chance of the seeds is counted" in note for note in found.notes)
    make_sweep(tmp_path / "once", num_seeds=1, with_images=False)
    nothing = compare(tmp_path / "once")
    assert {row.standing for row in nothing.rows[1:]} == {"unknown"}
    assert nothing.pairs == ()
    assert nothing.answer.endswith("; which is best is not known: nothing says what chance does.")


def test_less_is_better_where_it_is(tmp_path: Path) -> None:
    for config in grid(model=["unet", "fpn"], loss=["dice"]):
        make_run(tmp_path, config, (0.9 if config["model"]["arch"] == "fpn" else 0.6) + IMAGES)
    found = compare(tmp_path, Question("test/loss"))
    assert found.direction == "min"
    assert found.rows[0].configuration.label == "fpn/resnet18"
    assert "fpn/resnet18 has the lowest val loss (loss 0." in found.answer


def test_the_noise_says_how_many_runs_would_settle_the_gap(tmp_path: Path) -> None:
    draws = np.random.default_rng(3)
    for config in grid(model=["unet", "fpn"], seed=range(3)):
        level = 0.81 if config["model"]["arch"] == "unet" else 0.8
        make_run(tmp_path, config, level + IMAGES + draws.normal(0, 0.01))
    noise = compare(tmp_path).noise
    assert noise.sentence.startswith(
        "A repeated run differs by its seed alone: Dice has a standard deviation of typically 0.0"
    )
    assert "runs of each would decide it in 4 of 5 cases" in noise.advice


def test_a_metric_without_a_value_is_said(tmp_path: Path) -> None:
    file = make_run(tmp_path, next(grid(seed=[0])), 0.8 + IMAGES) / "record.json"
    record = json.loads(file.read_text())
    record["metrics"]["test/dice/cell"] = None
    file.write_text(json.dumps(record))
    with pytest.raises(ReportError, match="test/dice/cell is undefined in every run: its class occurs in no tested"):
        compare_runs(tmp_path, Question("test/dice/cell"))


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (Question("test/dise"), "test/dise is not a metric of these runs. Nearest: test/dice"),
        (Question("dise"), "dise is not a metric of these runs. Nearest: val/dice"),
        (Question(shown=("dice", "mio")), "test/mio is not a metric of these runs. Nearest: test/miou"),
        (Question(rows=("enc",)), "do not differ in enc. Nearest: encoder. They differ in: model, encoder"),
        (Question(rows=("model",), columns=("model.arch",)), "model cannot stand along the rows and the columns"),
        (Question(where=("status=failed",)), "is complete, so nothing can be compared:\n  unetplusplus-resnet18-"),
    ],
)
def test_what_the_runs_do_not_have_is_answered_with_what_they_have(
    tmp_path: Path, question: Question, sentence: str
) -> None:
    make_sweep(tmp_path, num_seeds=1)
    with pytest.raises(ReportError) as refusal:
        compare_runs(tmp_path, question)
    assert sentence in str(refusal.value)
