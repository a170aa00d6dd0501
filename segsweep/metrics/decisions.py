"""From logits to a prediction; every metric and picture decides like this."""

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from segsweep.core.task import TaskKind


def decide(logits: Float[Tensor, "n k h w"], task_kind: TaskKind) -> UInt8[Tensor, "n h w"] | UInt8[Tensor, "n k h w"]:
    """Return the class of the largest logit for multiclass, else 1 where a logit is above 0: a probability above 0.5.

    Binary predictions have no channel, like binary truths.
    """
    if task_kind == "multiclass":
        return logits.max(1)[1].to(torch.uint8)
    pred = (logits > 0).to(torch.uint8)
    return pred[:, 0] if task_kind == "binary" else pred
