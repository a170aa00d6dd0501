"""A newcomer's walks, done for real: in a copy of the package something is added, in at most three files, and used."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.command import ROOT, start

MOST_FILES = 3
TINY = (
    "hardware.accelerator=cpu",
    "encoder=tu-test_resnet",
    "trainer.max_epochs=1",
    "resolution=32x32",
    "data.num_train=4",
    "data.num_val=2",
    "data.num_test=2",
    "trainer.batch_size=2",
    "logger.pictures=false",
)


@dataclass(frozen=True)
class Walk:
    """What is touched to add one thing, and the command that uses it."""

    new_files: Mapping[str, str]
    appended: Mapping[str, str]
    """File to what is written at its end, such as a row."""
    command: tuple[str, ...]
    says: str
    """What the command's output holds."""

    @property
    def touched(self) -> set[str]:
        return {*self.new_files, *self.appended}


LOSS = Walk(
    new_files={
        "segsweep/losses/worst.py": '''
"""The mean of the worst pixels."""

import torch.nn.functional as F
from torch import Tensor, nn


class WorstPixels(nn.Module):
    def __init__(self, fraction: float) -> None:
        super().__init__()
        self.fraction = fraction

    def forward(self, logits: Tensor, truth: Tensor) -> Tensor:
        losses = F.cross_entropy(logits, truth.long(), ignore_index=255, reduction="none").flatten()
        return losses.topk(max(1, int(self.fraction * losses.numel()))).values.mean()


def build_worst(settings, task, class_weights) -> nn.Module:
    return WorstPixels(settings.fraction)
''',
    },
    appended={
        "segsweep/losses/spec.py": '''

@dataclass
class WorstConfig(LossTermConfig):
    """Cross-entropy of the worst pixels."""

    fraction: float = number(FRACTION)
    """Share of the pixels that counts."""


LOSSES.add(LossTerm("worst", WorstConfig, "segsweep.losses.worst:build_worst", ("multiclass",)))
''',
        "conf/loss/base/terms.yaml": "worst: {weight: 0.0, fraction: 0.25}\n",
    },
    command=("loss.worst.weight=1", "loss.worst.fraction=0.5", *TINY),
    says="complete",
)

METRIC = Walk(
    new_files={},
    appended={
        "segsweep/metrics/scores.py": """

def found_share(o: Outcomes) -> Tensor:
    return (o.tp > 0).double()
""",
        "segsweep/metrics/spec.py": """

METRICS.add(Metric("found", "1 if a pixel of it was found", per_class="segsweep.metrics.scores:found_share"))
""",
    },
    command=("trainer.monitor=val/found", *TINY),
    says="val/found",
)

ENGINE = Walk(
    new_files={
        "segsweep/sweep/engines/in_turn.py": """
from hydra.core.utils import run_job, setup_globals
from hydra.plugins.launcher import Launcher


class InTurn(Launcher):
    def setup(self, *, hydra_context, task_function, config):
        self.context, self.task, self.config = hydra_context, task_function, config

    def launch(self, job_overrides, initial_job_idx):
        setup_globals()
        ended = []
        for number, overrides in enumerate(job_overrides, initial_job_idx):
            print("in turn:", number)
            config = self.context.config_loader.load_sweep_config(self.config, list(overrides))
            config.hydra.job.id, config.hydra.job.num = str(number), number
            keys = {"job_dir_key": "hydra.sweep.dir", "job_subdir_key": "hydra.sweep.subdir"}
            ended.append(run_job(hydra_context=self.context, task_function=self.task, config=config, **keys))
        return ended
""",
        "conf/hydra/launcher/in_turn.yaml": "_target_: segsweep.sweep.engines.in_turn.InTurn\n",
    },
    appended={
        "segsweep/sweep/engines/spec.py": """

_IN_TURN = "segsweep.sweep.engines.in_turn"
ENGINES.add(Engine("in_turn", f"{_IN_TURN}.InTurn", f"{_IN_TURN}:InTurn", in_this_process=True))
""",
    },
    command=("-m", "seed=0,1", "hydra/launcher=in_turn", *TINY),
    says="2 runs: 2 complete",
)

READER = Walk(
    new_files={
        "segsweep/data/readers/stripes.py": """
import numpy as np

from segsweep.core.task import Task
from segsweep.data.base import Data, Split
from segsweep.data.open import describe


class Stripes(Split):
    def __init__(self, width: int) -> None:
        self.width = width

    def __len__(self) -> int:
        return 4

    def name(self, index: int) -> str:
        return str(index)

    def load_image(self, index: int) -> np.ndarray:
        return np.repeat(self.load_truth(index)[..., None] * 200, 3, axis=2)

    def load_truth(self, index: int) -> np.ndarray:
        return np.tile((np.arange(32) // self.width + index) % 2, (32, 1)).astype(np.uint8)


def open_stripes(config, cache_dir) -> Data:
    splits = {"train": Stripes(config.width), "val": Stripes(config.width)}
    return describe(config, Task("binary", ("gap", "stripe")), splits, fingerprint=str(config.width))
""",
        "conf/data/stripes.yaml": (
            "defaults: [/schema/data/stripes@_here_, _self_]\nname: stripes\nreader: stripes\npretrained: null\n"
            "channels: 3\nfold: null\nnum_folds: 5\nwidth: 4\n"
        ),
    },
    appended={
        "segsweep/data/spec.py": """

@dataclass
class StripesConfig(DataConfig):
    width: int = number(COUNT)


READERS.add(Reader("stripes", StripesConfig, "segsweep.data.readers.stripes:open_stripes"))
""",
    },
    command=("data=stripes", "data.width=3", "loss=bce_dice", *(word for word in TINY if "data.num" not in word)),
    says="complete",
)

NETWORK = Walk(
    new_files={
        "segsweep/models/stack.py": '''
"""Convolutions one after the other."""

from torch import nn


def build_stack(settings, *, in_channels, num_outputs, encoder):
    first = nn.Conv2d(in_channels, settings.width, 3, padding=1)
    return nn.Sequential(first, nn.Conv2d(settings.width, num_outputs, 1))
''',
        "conf/model/stack.yaml": """# Two convolutions.
defaults:
  - /schema/model/stack@_here_
  - _self_

arch: stack
width: 8
""",
    },
    appended={
        "segsweep/models/spec.py": '''

@dataclass
class StackConfig(settings.ModelConfig):
    """Convolutions one after the other."""

    width: int = 8
    """Channels between them."""


ARCHITECTURES.add(Architecture("stack", StackConfig, "segsweep.models.stack:build_stack", has_encoder=False))
''',
    },
    command=("model=stack", "model.width=4", *TINY),
    says="complete   stack-",
)

WALKS = {"a network": NETWORK, "a layout of data": READER, "a loss": LOSS, "a metric": METRIC, "an engine": ENGINE}


@pytest.mark.parametrize("walk", WALKS.values(), ids=list(WALKS))
def test_a_walk_touches_at_most_three_files_and_what_it_adds_is_used(walk: Walk, tmp_path: Path) -> None:
    for folder in ("segsweep", "conf"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("*.pyc.*"))
    assert len(walk.touched) <= MOST_FILES
    for file, content in walk.new_files.items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(content)
    for file, content in walk.appended.items():
        with (tmp_path / file).open("a") as opened:
            opened.write(content)
    with start(*walk.command, cwd=tmp_path) as command:  # there, segsweep is the copy
        out = command.stdout.read()
    assert command.returncode == 0, out
    assert walk.says in out
