"""The step: what is computed for a batch, and what is counted."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from lightning import LightningModule
from torch import Tensor, nn

from segsweep.data import EvalBatch, TrainBatch
from segsweep.metrics import PixelCounts
from segsweep.task import Task
from segsweep.training.restore import at_truth_size


class Steering(NamedTuple):
    """How the optimizer and its schedule are made, once the model stands on its device."""

    optimizer: Callable[[nn.Module], torch.optim.Optimizer]
    scheduler: Callable[[torch.optim.Optimizer], dict[str, Any]]


class MeanLoss(nn.Module):
    """A weighted mean that stays on the device until it is read, over all ranks."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("total", torch.zeros(2, dtype=torch.float64), persistent=False)
        self.total: Tensor

    @torch.no_grad()
    def add(self, loss: Tensor, weight: int) -> None:
        """Add a loss with its weight."""
        self.total[0] += loss.detach() * weight
        self.total[1] += weight

    def read(self) -> float:
        """Return the mean so far and start anew."""
        total = self.total.clone()
        self.total.zero_()
        if torch.distributed.is_initialized():
            torch.distributed.all_reduce(total)
        return float(total[0] / total[1])


class SegmentationModule(LightningModule):
    """Trains a model with a loss and counts pixels; all sums stay on the device and are read once per epoch."""

    def __init__(
        self, model: nn.Module, loss: nn.Module, task: Task, steering: Steering, *, channels_last: bool
    ) -> None:
        super().__init__()
        self.model = model
        self.loss = loss
        self._steering = steering
        self._memory_format = torch.channels_last if channels_last else torch.contiguous_format
        self.counts = PixelCounts(task)
        self.train_loss = MeanLoss()
        self.eval_loss = MeanLoss()
        self.register_buffer("first_bad_step", torch.tensor(-1), persistent=False)
        self.first_bad_step: Tensor

    def _logits(self, image: Tensor) -> Tensor:
        logits: Tensor = self.model(image.contiguous(memory_format=self._memory_format))
        return logits

    def training_step(self, batch: TrainBatch) -> Tensor:
        """Return the loss of a batch, and note the first step at which it is not finite."""
        loss: Tensor = self.loss(self._logits(batch.image), batch.truth)
        self.train_loss.add(loss, 1)
        is_first_bad = ~torch.isfinite(loss.detach()) & (self.first_bad_step < 0)
        self.first_bad_step.masked_fill_(is_first_bad, self.global_step)
        return loss

    def validation_step(self, batch: EvalBatch) -> None:
        """Count the pixels of a batch at the size of its truth."""
        content_height, content_width = (int(size) for size in batch.content_px)
        logits = self._logits(batch.image)
        for part, truth in at_truth_size(logits, (content_height, content_width), batch.truth):
            self.eval_loss.add(self.loss(part, truth), len(truth))
            self.counts.update(part, truth)

    test_step = validation_step

    def on_validation_epoch_end(self) -> None:
        """Log the metrics of validation."""
        self._log_evaluation("val")

    def on_test_epoch_end(self) -> None:
        """Log the metrics of the test."""
        self._log_evaluation("test")

    def _log_evaluation(self, prefix: str) -> None:
        self.counts.reduce()
        self.log_dict({f"{prefix}/loss": self.eval_loss.read(), **self.counts.scores(prefix)}, logger=False)
        self.counts.reset()

    def configure_optimizers(self) -> Any:
        """Make the optimizer and its schedule."""
        optimizer = self._steering.optimizer(self.model)
        return {"optimizer": optimizer, "lr_scheduler": self._steering.scheduler(optimizer)}
