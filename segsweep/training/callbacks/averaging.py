"""The exponential moving average of the weights, which is what is evaluated and kept as a checkpoint."""

from collections.abc import Callable

from lightning.pytorch.callbacks import Callback, WeightAveraging
from torch import Tensor
from torch.optim.swa_utils import get_ema_multi_avg_fn

Tensors = tuple[Tensor, ...] | list[Tensor]
Average = Callable[[Tensors, Tensors, Tensor | int], None]
"""Moves averaged tensors toward the current ones, given how many were averaged before."""


def averaging(decay: float | None, *, warmup: bool) -> list[Callback]:
    """Return the callback that averages the weights after every step of the optimizer; none without a decay."""
    if decay is None:
        return []
    return [WeightAveraging(multi_avg_fn=warmed_up(decay) if warmup else _average(decay))]


def decay_at(num_averaged: int, decay: float) -> float:
    """Return the decay of a step, which rises to the one that is set: early weights, near random, are soon forgotten.

    Without it a decay of 0.999 keeps more than a third of the first weights for 1,000 steps.

    Source: `num_updates` of tf.train.ExponentialMovingAverage, TensorFlow.
    """
    return min(decay, (1 + num_averaged) / (10 + num_averaged))


def warmed_up(decay: float) -> Average:
    """Return the average whose decay rises; a checkpoint holds how many steps were averaged, so it goes on in place."""

    def average(averaged: Tensors, current: Tensors, num_averaged: Tensor | int) -> None:
        _average(decay_at(int(num_averaged), decay))(averaged, current, num_averaged)

    return average


def _average(decay: float) -> Average:
    average: Average = get_ema_multi_avg_fn(decay)  # type: ignore[no-untyped-call]
    return average
