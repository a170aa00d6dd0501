from pathlib import Path

from segsweep.report.read.cost import costs_of_row, drawn_costs
from segsweep.report.render.tables import by_class
from tests.report.page.making import make_report


def test_latency_is_the_inverse_of_the_speed(tmp_path: Path) -> None:
    comparison = make_report(tmp_path, axes={"model": ["fpn", "unet"]}, with_files=False).comparisons[0]
    assert next(iter(drawn_costs(comparison))) == "ms_per_image"
    worst = comparison.rows[-1]
    assert costs_of_row(worst)["ms_per_image"] == 1000 / 50  # 50 images per second


def test_classes_are_scored_by_the_metric_of_the_ranking(tmp_path: Path) -> None:
    found = by_class(make_report(tmp_path, axes={"model": ["fpn", "unet"]}, with_files=False).comparisons[0])
    assert found is not None
    assert (found.metric, found.classes) == ("test/dice", ["background", "nucleus", "cytoplasm"])
    best = found.scores[0]
    assert [None not in best, len(best)] == [True, 3]
