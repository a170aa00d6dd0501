"""The metric that a run watches."""

import torch

from segsweep.core.errors import nearest
from segsweep.core.task import IGNORE, Task
from segsweep.metrics.errors import monitor_unknown
from segsweep.metrics.evaluator import Evaluator


def require_known_metric(monitor: str, task: Task) -> None:
    """Refuse a metric that validation will not give.

    Raises:
        ConfigError: Naming the metrics that there are.
    """
    known = ["val/loss", *_metrics(task)]
    if monitor not in known:
        raise monitor_unknown(monitor, known, nearest(monitor, known))


def _metrics(task: Task) -> list[str]:
    """Return the names that an evaluation of an image without labels gives."""
    evaluator = Evaluator(task)
    shape = (1, task.num_outputs, 1, 1) if task.kind == "multilabel" else (1, 1, 1)
    truth = torch.full(shape, IGNORE, dtype=torch.uint8)
    evaluator.update(torch.zeros(1, task.num_outputs, 1, 1), truth, torch.tensor([0]))
    return list(evaluator.finish("val", image_classes=False).scores)
