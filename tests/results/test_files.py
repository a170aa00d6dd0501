import json
import math
import os
from pathlib import Path

import pytest

from segsweep.results.files import read_csv, write_atomic, write_csv, write_json


def test_nan_becomes_null_in_json_and_an_empty_cell_in_csv(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"x": math.nan, "y": [math.inf, 1.5]})
    assert json.loads((tmp_path / "a.json").read_text()) == {"x": None, "y": [None, 1.5]}
    write_csv(tmp_path / "a.csv", [{"epoch": 1.0, "x": math.nan}, {"epoch": 2, "x": 0.25}])
    assert (tmp_path / "a.csv").read_text() == "epoch,x\n1,\n2,0.25\n"


def test_rows_may_differ_in_their_columns_and_read_back_as_they_were(tmp_path: Path) -> None:
    rows = [{"epoch": 1.0, "loss": 0.5}, {"epoch": 2.0, "loss": 0.25, "val/miou": 0.1234567890123456}]
    write_csv(tmp_path / "a.csv", rows)
    assert read_csv(tmp_path / "a.csv") == rows


def test_a_failed_write_leaves_the_old_content_and_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "record.json"
    write_atomic(file, "old")

    def disk_full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_full)
    with pytest.raises(OSError, match="No space"):
        write_atomic(file, "new")
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]
