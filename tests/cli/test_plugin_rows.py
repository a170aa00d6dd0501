"""What a plugin adds is shown where the package's own is: `--help`, the tables of `inspect`, its settings."""

import os
import subprocess
import sys
from pathlib import Path

from tests.command import ROOT

PLUGIN = """
from dataclasses import dataclass
from segsweep.config.declare import COUNT, number
from segsweep.data.spec import READERS, DataConfig, Reader
from segsweep.losses.spec import LOSSES, LossTerm, LossTermConfig
from segsweep.metrics.spec import METRICS, Metric
from segsweep.models.encoders import ENCODERS, EncoderRow
from segsweep.models.spec import ARCHITECTURES, Architecture, ModelConfig
from segsweep.optim.spec import OPTIMIZERS, SCHEDULES, OptimizerRow, ScheduleRow, SchedulerConfig

@dataclass
class OwnNetConfig(ModelConfig):
    \"\"\"A network of our own.\"\"\"

    own_width: int = number(COUNT, default=8)
    \"\"\"Channels of every layer.\"\"\"

@dataclass
class OwnScheduleConfig(SchedulerConfig):
    own_steps: int = number(COUNT, default=3)
    \"\"\"Steps of our own.\"\"\"

@dataclass
class OwnDataConfig(DataConfig):
    own_root: str = "here"
    \"\"\"Where our own images lie.\"\"\"

ARCHITECTURES.add(Architecture("own_net", OwnNetConfig, "my_lab:build", has_encoder=False))
ENCODERS.add(EncoderRow("own_encoder", 0.5, build="my_lab:build"))
LOSSES.add(LossTerm("own_loss", LossTermConfig, "my_lab:build", ("multiclass",)))
METRICS.add(Metric("own_metric", "tp / (tp + fn)", ratio=((1, 0, 0, 0), (1, 0, 1, 0))))
OPTIMIZERS.add(OptimizerRow("own_optimizer", "torch.optim:SGD"))
SCHEDULES.add(ScheduleRow("own_schedule", OwnScheduleConfig, "my_lab:build"))
READERS.add(Reader("own_data", OwnDataConfig, "my_lab:build"))
"""
SHOWN = {
    ("train", "--help"): ("own_net", "own_encoder", "own_optimizer", "own_schedule", "own_data"),
    ("inspect", "models"): ("model=own_net", "A network of our own.", "model.own_width=8", "Channels of every layer."),
    ("inspect", "encoders"): ("own_encoder",),
    ("inspect", "losses"): ("own_loss",),
    ("inspect", "metrics"): ("own_metric",),
    ("inspect", "optimizers"): ("own_optimizer",),
    ("inspect", "settings", "model"): ("model=own_net", "model.own_width=8   int: 1 or more"),
    ("inspect", "settings", "scheduler"): ("scheduler=own_schedule", "scheduler.own_steps=3"),
    ("inspect", "settings", "data"): ("data=own_data", "data.own_root=here"),
    ("inspect", "settings", "loss"): ("loss.own_loss.weight",),
    ("inspect", "settings", "optimizer"): ("own_optimizer",),
}
DRIVER = f"""
from tests.command import run
for (command, *words), texts in {SHOWN!r}.items():
    ended = run(*words, "plugins=[my_lab]", entry_point=command)
    missing = [text for text in texts if text not in ended.out]
    if ended.code or missing:
        print(command, *words, ended.code, missing, ended.err[-600:])
"""


def test_what_a_plugin_adds_is_shown_where_the_packages_own_is(tmp_path: Path) -> None:
    (tmp_path / "my_lab.py").write_text(PLUGIN)
    command = [sys.executable, "-c", DRIVER]  # a process of its own: rows stay in the tables
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, ""), ended.stdout + ended.stderr
