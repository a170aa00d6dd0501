from pathlib import Path

from segsweep.report.read.cost import costs_of_row, drawn_costs
from tests.report.render.page.making import make_report


def test_latency_is_the_inverse_of_the_speed(tmp_path: Path) -> None:
    comparison = make_report(tmp_path, axes={"model": ["fpn", "unet"]}, with_files=False).comparisons[0]
    assert next(iter(drawn_costs(comparison))) == "ms_per_image"
    worst = comparison.rows[-1]
    assert costs_of_row(worst)["ms_per_image"] == 1000 / 50  # 50 images per second
