from segsweep.runs.describe import class_table
from segsweep.runs.facts import TrainingFacts
from segsweep.runs.record import RunRecord


def record(ious: dict[str, float | None]) -> RunRecord:
    metrics: dict[str, float | None] = {"val/miou": 0.1, "val/iou/road": 0.1, "test/miou": 0.5}
    for name, iou in ious.items():
        metrics |= {f"test/iou/{name}": iou, f"test/dice/{name}": 0.75}
    training = {"best_epoch": 7, "tested_split": "test"}
    return RunRecord("name", "complete", metrics, config={}, training=TrainingFacts.read(training))


def test_the_table_has_a_row_for_each_class_of_the_tested_split() -> None:
    lines = class_table(record({"road": 0.5, "a/b": None})).splitlines()
    assert lines[0] == "epoch 7 is the best"
    assert [line.split() for line in lines[1:]] == [
        ["test", "iou", "dice", "precision", "recall"],
        ["road", "0.5000", "0.7500", "-", "-"],
        ["a/b", "-", "0.7500", "-", "-"],
    ]


def test_of_many_classes_the_worst_are_shown_in_their_own_order() -> None:
    table = class_table(record({f"class{index}": 1 - index / 100 for index in range(40)} | {"absent": None}))
    assert "30 of 41 classes, those with the lowest IoU:" in table
    assert [line.split()[0] for line in table.splitlines()[3:]] == [f"class{index}" for index in range(10, 40)]


def test_a_run_that_was_not_tested_shows_its_validation_and_one_without_metrics_nothing() -> None:
    assert class_table(RunRecord("name", "failed", {"val/iou/road": 0.1}, config={})).split()[0] == "val"
    assert class_table(RunRecord("name", "failed", {}, config={})) == ""
