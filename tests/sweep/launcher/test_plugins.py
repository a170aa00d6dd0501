"""Runs of a sweep import a plugin from the folder where the command was typed, though nothing puts it on their path."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import TINY
from tests.plugin import WORDS, write_plugin

pytestmark = pytest.mark.e2e


def test_a_plugin_beside_the_command_is_imported_by_every_run_in_the_environment_of_that_run(tmp_path: Path) -> None:
    write_plugin(tmp_path)
    words = (
        "-m",
        *TINY,
        *WORDS,
        "trainer.max_epochs=1",
        "seed=0,1",
        "hydra.launcher.n_jobs=2",
    )
    command = [sys.executable, "-m", "segsweep.train", *words, "hydra.launcher.gpus=none"]
    ended = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONSAFEPATH": "1", "CUDA_VISIBLE_DEVICES": "7"},  # as of a console script
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    records = [json.loads(file.read_text()) for file in tmp_path.glob("runs/*/record.json")]
    assert [record["config"]["loss"]["worst"]["fraction"] for record in records] == [0.5, 0.5]
    seen = [line for line in ended.stdout.splitlines() if line.startswith("my_lab sees")]
    assert sorted(seen) == ["my_lab sees the devices ", "my_lab sees the devices ", "my_lab sees the devices 7"]
    logs = [log.read_text() for log in tmp_path.glob("runs/*/train.log")]
    assert ["worst pixels: 0.5" in log for log in logs] == [True, True]
