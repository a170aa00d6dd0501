"""A plugin as a lab writes it, in the folder where its commands are typed: a loss term with settings of its own."""

from pathlib import Path

NAME = "my_lab"
WORDS = (f"plugins=[{NAME}]", "loss.worst.weight=1", "loss.worst.fraction=0.5")
"""What makes a run use the term; without the plugin, loss.worst does not exist."""
_SOURCE = '''
import os
from dataclasses import dataclass

from segsweep.losses.spec import LOSSES, LossTerm, LossTermConfig


@dataclass
class WorstConfig(LossTermConfig):
    """Cross-entropy of the worst pixels."""

    fraction: float = 0.25


def build_worst(settings, task, class_weights):
    from torch import nn

    class Worst(nn.Module):
        def forward(self, logits, truth):
            losses = nn.functional.cross_entropy(logits, truth.long(), ignore_index=255, reduction="none").flatten()
            return losses.topk(max(1, int(settings.fraction * losses.numel()))).values.mean()

    print("worst pixels:", settings.fraction)
    return Worst()


print("my_lab sees the devices", os.environ.get("CUDA_VISIBLE_DEVICES"))
LOSSES.add(LossTerm("worst", WorstConfig, "my_lab:build_worst", ("multiclass",)))
'''


def write_plugin(folder: Path) -> None:
    """Write the plugin's module into a folder."""
    (folder / f"{NAME}.py").write_text(_SOURCE)
