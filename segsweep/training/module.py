"""The step: what is computed for a batch, and what is counted."""

from typing import Any, NamedTuple

import torch
from lightning import LightningModule
from torch import Tensor, nn

from segsweep.core.task import Task
from segsweep.data.batches import EvalBatch, TrainBatch
from segsweep.inference.restore import at_truth_size, predictions_of
from segsweep.metrics.evaluator import Evaluator
from segsweep.metrics.images import ImageScores
from segsweep.training.optimization import Optimization


class LossMeter(nn.Module):
    """Sums a loss with its weights, and remembers whether it ever was no number; nothing waits for the device."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("total", torch.zeros(2, dtype=torch.float64), persistent=False)
        self.register_buffer("num_added", torch.tensor(0), persistent=False)
        self.register_buffer("first_bad", torch.tensor(-1), persistent=False)
        self.total: Tensor
        self.num_added: Tensor
        self.first_bad: Tensor

    @torch.no_grad()
    def add(self, loss: Tensor, weight: int) -> None:
        """Add a loss with its weight."""
        loss = loss.detach()
        self.total[0] += loss * weight
        self.total[1] += weight
        self.first_bad.copy_(torch.where(~torch.isfinite(loss) & (self.first_bad < 0), self.num_added, self.first_bad))
        self.num_added += 1

    def read(self) -> float:
        """Return the mean over all ranks since it was read last."""
        total = self.total.clone()
        self.total.zero_()
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            torch.distributed.all_reduce(total)
        return float(total[0] / total[1])

    def steps_to_first_bad(self) -> int | None:
        """Return how many losses were added before the first that is not finite; None if all are. Awaits the device."""
        first_bad = int(self.first_bad)
        return None if first_bad < 0 else first_bad


class Meters(NamedTuple):
    """Sums that stay on the device and are read once per epoch.

    A tuple hides them from the module's own buffers, which weight averaging swaps around each validation.
    """

    train_loss: LossMeter
    eval_loss: LossMeter
    val: Evaluator
    test: Evaluator


class SegmentationModule(LightningModule):
    """Trains a model with a loss and counts pixels."""

    def __init__(
        self,
        model: nn.Module,
        loss: nn.Module,
        task: Task,
        optimization: Optimization,
        *,
        channels_last: bool,
        boundary_tolerance_px: int | None,
    ) -> None:
        super().__init__()
        self.model = model
        self.loss = loss
        self._task = task
        self.optimization = optimization
        self._memory_format = torch.channels_last if channels_last else torch.contiguous_format
        test = Evaluator(task, boundary_tolerance_px=boundary_tolerance_px)
        self.meters = Meters(LossMeter(), LossMeter(), Evaluator(task), test)
        self.evaluation: dict[str, float] = {}
        """Metrics of the last validation or test."""
        self.evaluation_counts = test.counts.counts()
        """Pixels of the last validation or test."""
        self.images: ImageScores | None = None
        """Scores of each image of the last validation or test."""

    def _logits(self, image: Tensor) -> Tensor:
        logits: Tensor = self.model(image.contiguous(memory_format=self._memory_format))
        return logits

    def setup(self, stage: str) -> None:  # noqa: ARG002
        """Move the sums to the device of the model, which is there by now."""
        for meter in self.meters:
            meter.to(self.trainer.strategy.root_device)

    def training_step(self, batch: TrainBatch, batch_idx: int) -> Tensor:
        """Return the loss of a batch, so weighted that the gradient of a step is the mean over its batches."""
        loss: Tensor = self.loss(self._logits(batch.image), batch.truth)
        self.meters.train_loss.add(loss, 1)
        full = self.trainer.accumulate_grad_batches  # Lightning divides by it, also in the last step of an epoch
        held = min(full, int(self.trainer.num_training_batches) - batch_idx // full * full)
        return loss if held == full else loss * (full / held)

    def validation_step(self, batch: EvalBatch) -> None:
        """Count the pixels of a batch at the size of its truth."""
        self._count(batch, self.meters.val)

    def test_step(self, batch: EvalBatch) -> None:
        """Count as in validation, and compare boundaries where `metrics.boundary` says so."""
        self._count(batch, self.meters.test)

    def _count(self, batch: EvalBatch, evaluator: Evaluator) -> None:
        content_height, content_width = (int(size) for size in batch.content_px)
        logits = self._logits(batch.image)
        first = 0
        for part, truth in at_truth_size(logits, (content_height, content_width), batch.truth):
            self.meters.eval_loss.add(self.loss(part, truth), len(truth))
            evaluator.update(part, truth, batch.indices[first : first + len(truth)])
            first += len(truth)

    def predict_step(self, batch: EvalBatch) -> list[Tensor]:
        """Return what is predicted for each image at the size of its truth: classes, multilabel 0 and 1 per class."""
        logits = self._logits(batch.image)
        content_height, content_width = (int(size) for size in batch.content_px)
        sizes_px = [(truth.shape[-2], truth.shape[-1]) for truth in batch.truth]
        return predictions_of(logits, (content_height, content_width), sizes_px, self._task.kind)

    def on_validation_epoch_end(self) -> None:
        """Log the metrics of validation."""
        self._log_evaluation("val", self.meters.val)

    def on_test_epoch_end(self) -> None:
        """Log the metrics of the test."""
        self._log_evaluation("test", self.meters.test)

    def _log_evaluation(self, prefix: str, evaluator: Evaluator) -> None:
        scores, self.evaluation_counts, self.images = evaluator.finish(prefix, image_classes=prefix == "test")
        self.evaluation = {f"{prefix}/loss": self.meters.eval_loss.read(), **scores}
        self.log_dict(self.evaluation, logger=False)  # for Lightning's callbacks, rounded to float32 by it

    def configure_gradient_clipping(
        self,
        optimizer: Any,  # noqa: ARG002
        gradient_clip_val: float | None = None,
        gradient_clip_algorithm: str | None = None,  # noqa: ARG002
    ) -> None:
        """Clip the norm of all gradients together; Lightning's own way refuses fused optimizers under bf16 too."""
        if gradient_clip_val is not None:
            nn.utils.clip_grad_norm_(self.parameters(), gradient_clip_val)

    def configure_optimizers(self) -> Any:
        """Make the optimizer and its schedule."""
        optimizer = self.optimization.optimizer(self.model)
        return {"optimizer": optimizer, "lr_scheduler": self.optimization.scheduler(optimizer)}
