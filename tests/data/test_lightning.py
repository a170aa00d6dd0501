"""Lightning's trainer gives the batch sampler its epoch in time, and moves the batches."""

import warnings
from pathlib import Path
from typing import Any

import lightning
import pytest
import torch
from torch import Tensor

from segsweep.data.batches import EvalBatch, SizePx, TrainBatch
from segsweep.data.loaders import Workers, eval_loader, train_loader
from segsweep.data.open import open_data
from tests.data.making import augmentation, resolution, shapes_config


class Recorder(lightning.LightningModule):
    """Trains nothing and writes down the batches it sees."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))
        self.seen: dict[int, list[bytes]] = {}

    def training_step(self, batch: TrainBatch) -> Tensor:
        assert isinstance(batch, TrainBatch)
        self.seen.setdefault(self.current_epoch, []).append(batch.image.numpy().tobytes())
        return (self.weight * batch.image.float().mean()).sum()

    def validation_step(self, batch: EvalBatch) -> None:
        assert isinstance(batch, EvalBatch)
        assert isinstance(batch.content_px, SizePx)

    def configure_optimizers(self) -> Any:
        return torch.optim.SGD(self.parameters(), lr=0.1)


def fit(folder: Path, max_epochs: int, num_workers: int, resume: bool) -> dict[int, list[bytes]]:
    data = open_data(shapes_config(), cache_dir=folder)
    common: dict[str, Any] = {"resolution": resolution(), "batch_size": 4, "workers": Workers(num_workers)}
    module = Recorder()
    trainer = lightning.Trainer(
        max_epochs=max_epochs,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
    )
    with warnings.catch_warnings():
        # Lightning recommends more workers and frowns at 2-batch epochs.
        warnings.simplefilter("ignore")
        trainer.fit(
            module,
            train_loader(data, augmentation=augmentation(), seed=0, **common),
            eval_loader(data, "val", size_multiple=1, **common),
            ckpt_path=folder / "last.ckpt" if resume else None,
        )
    trainer.save_checkpoint(folder / "last.ckpt")
    return module.seen


@pytest.mark.parametrize("num_workers", [0, 1])
def test_a_resumed_run_sees_the_batches_of_the_unbroken_one(tmp_path: Path, num_workers: int) -> None:
    unbroken = fit(tmp_path / "whole", 4, num_workers, resume=False)
    assert len({batch for batches in unbroken.values() for batch in batches}) == 4 * 2
    assert fit(tmp_path / "broken", 2, num_workers, resume=False) == {epoch: unbroken[epoch] for epoch in (0, 1)}
    assert fit(tmp_path / "broken", 4, num_workers, resume=True) == {epoch: unbroken[epoch] for epoch in (2, 3)}
