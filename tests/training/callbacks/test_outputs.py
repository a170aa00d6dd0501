from pathlib import Path
from types import SimpleNamespace

import pytest
from lightning import LightningModule, Trainer

from segsweep.training.callbacks import outputs
from segsweep.training.callbacks.history import History, Speed
from segsweep.training.callbacks.outputs import Curves


def test_curves_are_drawn_once_a_minute_while_a_run_trains_and_at_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(outputs, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    history = History(tmp_path, Speed(), monitor="val/miou", mode="max")
    history.rows = [{"epoch": 1.0, "train/loss": 0.5}]
    drawing, trainer, module = Curves(tmp_path, history), Trainer(), LightningModule()
    picture = tmp_path / "plots" / "loss.png"

    def drawn_after(seconds: float) -> bool:
        picture.unlink(missing_ok=True)
        now[0] += seconds
        drawing.on_train_epoch_end(trainer, module)
        return picture.exists()

    drawing.on_train_start(trainer, module)
    assert [drawn_after(59), drawn_after(2), drawn_after(59), drawn_after(2)] == [False, True, False, True]
    picture.unlink()
    drawing.on_train_end(trainer, module)
    assert picture.exists()
