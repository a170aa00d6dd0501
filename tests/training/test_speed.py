import json
import re
from pathlib import Path

import pytest

from tests.command import TINY, run

pytestmark = pytest.mark.e2e


def test_speed_is_measured_anew_at_the_batch_and_size_of_each_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for words in (("data.task=binary", "trainer.batch_size=2"), ("data.task=multilabel", "loss=bce_dice")):
        assert run(*TINY, *words, "trainer.max_epochs=1", "paths.cache=cache", "logger.pictures=false").code == 0
    names = sorted(folder.name for folder in Path("runs").iterdir())
    shown = run("speed", *names, "--repetitions", "2", entry_point="inspect")
    assert shown.code == 0, shown.err
    for name in names:
        assert re.search(rf"{name} +[24] +32x32 +\d+\.\d\d \(\d+\.\d\d-\d+\.\d\d\)", shown.out), shown.out
    asked = run("speed", *names, "--repetitions", "3", "--json", entry_point="inspect")
    found = json.loads(asked.out)["runs"]
    assert {each["batch_size"] for each in found} == {2, 4}
    for each in found:
        for what in ("forward", "step"):
            ms = each[f"{what}_ms_per_image"]
            assert 0 < ms["min"] <= ms["median"] <= ms["max"]
        assert each["step_ms_per_image"]["min"] > each["forward_ms_per_image"]["min"]  # there and back again
    assert run("speed", "nowhere", entry_point="inspect").code == 2
