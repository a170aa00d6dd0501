import copy
from typing import Any

import pytest
import torch
from lightning import Trainer
from torch import Tensor, nn
from torch.utils.data import DataLoader

from segsweep.core.task import Task
from segsweep.data.batches import TrainBatch
from segsweep.training.module import SegmentationModule
from segsweep.training.optimization import Optimization

RATE = 0.5


class Means(nn.Module):
    """Cross-entropy, the mean over all pixels."""

    def forward(self, logits: Tensor, truth: Tensor) -> Tensor:
        return nn.functional.cross_entropy(logits, truth.long())


def optimization() -> Optimization:
    def schedule(made: torch.optim.Optimizer) -> dict[str, Any]:
        return {"scheduler": torch.optim.lr_scheduler.ConstantLR(made, factor=1), "interval": "step"}

    return Optimization(lambda net: torch.optim.SGD(net.parameters(), RATE), schedule)


@pytest.mark.filterwarnings("ignore")  # Lightning's advice on a bare Trainer
@pytest.mark.parametrize(("accumulate", "steps"), [(2, [4, 2]), (4, [6]), (3, [6]), (1, [2, 2, 2])])
def test_a_step_of_accumulated_batches_is_that_of_their_images_in_one_batch(accumulate: int, steps: list[int]) -> None:
    torch.manual_seed(0)
    images, truths = torch.rand(6, 3, 4, 4), torch.randint(0, 3, (6, 4, 4), dtype=torch.uint8)
    net = nn.Conv2d(3, 3, 1)
    wanted = copy.deepcopy(net)
    first = 0
    for count in steps:  # whole batches, and an optimizer that is one line
        here = slice(first, first + count)
        wanted.zero_grad()
        Means()(wanted(images[here]), truths[here]).backward()
        for weight in wanted.parameters():
            assert weight.grad is not None
            weight.data.sub_(RATE * weight.grad)
        first += count
    batches: Any = [TrainBatch(images[at : at + 2], truths[at : at + 2]) for at in (0, 2, 4)]
    module = SegmentationModule(
        net,
        Means(),
        Task("multiclass", ("a", "b", "c")),
        optimization(),
        channels_last=False,
        boundary_tolerance_px=None,
    )
    trainer = Trainer(
        accelerator="cpu",
        max_epochs=1,
        accumulate_grad_batches=accumulate,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(module, DataLoader(batches, batch_size=None))
    for ours, theirs in zip(net.parameters(), wanted.parameters(), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-7)
