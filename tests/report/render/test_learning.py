from pathlib import Path

import pytest

from segsweep.core.files import write_csv
from segsweep.report.render.learning import learning_curves
from tests.report.render.page.making import make_report


def test_a_curve_has_the_mean_and_the_band_of_the_epochs_that_all_replicates_reached(tmp_path: Path) -> None:
    comparison = make_report(tmp_path, axes={"model": ["unet"]}, num_seeds=3, with_files=False).comparisons[0]
    for seed, values in enumerate(([0.2, 0.4, 0.6], [0.4, 0.8], [0.6, 0.6, 0.9])):
        (tmp_path / f"run0-{seed}").mkdir()
        rows = [{"epoch": epoch, "val/dice": value} for epoch, value in enumerate(values, start=1)]
        write_csv(tmp_path / f"run0-{seed}" / "history.csv", rows)
    (curve,) = learning_curves(comparison)["val/dice"]
    assert list(curve.epochs) == [1, 2]
    assert curve.mean == pytest.approx((0.4, 0.6))  # (0.2 + 0.4 + 0.6) / 3, (0.4 + 0.8 + 0.6) / 3
    assert (curve.low, curve.high, curve.num_runs) == ((0.2, 0.4), (0.6, 0.8), 3)


def test_a_run_without_a_readable_history_is_passed_over(tmp_path: Path) -> None:
    comparison = make_report(tmp_path, axes={"model": ["unet"]}, num_seeds=2).comparisons[0]
    (tmp_path / "run0-0" / "history.csv").write_text("epoch,val/dice\n1,oops\n", encoding="utf-8")
    assert learning_curves(comparison)["val/dice"][0].num_runs == 1
    (tmp_path / "run0-1" / "history.csv").unlink()
    assert learning_curves(comparison) == {}
