"""Tasks, terms and a batch that the tests of losses share."""

import torch
from torch import Tensor, nn

from segsweep.core.registry import build as build_row
from segsweep.core.task import IGNORE, Task, TaskKind
from segsweep.losses.spec import (
    LOSSES,
    BCEConfig,
    CrossEntropyConfig,
    FocalConfig,
    LossTermConfig,
    OverlapConfig,
    TverskyConfig,
)

BINARY = Task("binary", ("background", "cell"))
MULTICLASS = Task("multiclass", ("sky", "road", "car"))
MULTILABEL = Task("multilabel", ("bone", "joint", "nail"))
TASKS: dict[TaskKind, Task] = {"binary": BINARY, "multiclass": MULTICLASS, "multilabel": MULTILABEL}
TERMS: dict[str, LossTermConfig] = {
    "cross_entropy": CrossEntropyConfig(weight=1.0, label_smoothing=0.0),
    "bce": BCEConfig(weight=1.0, label_smoothing=0.0),
    "focal": FocalConfig(weight=1.0, gamma=2.0, alpha=None),
    "dice": OverlapConfig(weight=1.0, smooth=0.0),
    "jaccard": OverlapConfig(weight=1.0, smooth=0.0),
    "tversky": TverskyConfig(weight=1.0, alpha=0.3, beta=0.7, gamma=0.75, smooth=0.0),
    "lovasz": LossTermConfig(weight=1.0),
    "mcc": LossTermConfig(weight=1.0),
}
PAIRS = [(name, kind) for name, row in LOSSES.items() for kind in row.tasks]


def build(name: str, task: Task, class_weights: list[float] | None = None) -> nn.Module:
    return build_as(name, TERMS[name], task, class_weights)


def build_as(name: str, term: LossTermConfig, task: Task, class_weights: list[float] | None = None) -> nn.Module:
    built: nn.Module = build_row(LOSSES[name].build, term, task, class_weights)
    return built


def batch(task: Task, *, ignored: int = 3) -> tuple[Tensor, Tensor]:
    """Two images of 4 x 5 px, whose first rows are unlabelled."""
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(2, task.num_outputs, 4, 5, generator=generator)
    shape = (2, 3, 4, 5) if task.kind == "multilabel" else (2, 4, 5)
    high = 3 if task.kind == "multiclass" else 2
    truth = torch.randint(0, high, shape, generator=generator, dtype=torch.uint8)
    truth[..., :ignored, :] = IGNORE
    return logits, truth
