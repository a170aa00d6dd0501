"""The plain way to train on a folder, as tutorials have it: the yardstick of bench_train, and nothing else uses it.

Images become float32 and are normalised on the CPU, the arithmetic is fp32, and `smp.metrics.get_stats` counts every
step, in training too. Model, loss, batch, size, augmentation and optimizer are those of the run it is compared with.
"""

from pathlib import Path
from typing import Any

import albumentations
import cv2
import numpy as np
import segmentation_models_pytorch as smp
import torch
from lightning import LightningModule
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class PlainDataset(Dataset[tuple[Tensor, Tensor]]):
    """Reads, resizes, flips and normalises one image at a time."""

    def __init__(self, root: Path, split: str, height: int, width: int, num_images: int) -> None:
        self.images = sorted((root / split / "images").iterdir())[:num_images]
        self.masks = [next((root / split / "masks").glob(f"{image.stem}.*")) for image in self.images]
        steps: list[Any] = [albumentations.Resize(height, width)]
        if split == "train":
            steps.append(albumentations.HorizontalFlip(p=0.5))
        self.transform = albumentations.Compose([*steps, albumentations.Normalize(MEAN, STD)])

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        image = cv2.cvtColor(cv2.imread(str(self.images[index])), cv2.COLOR_BGR2RGB)
        mask = cv2.imread(str(self.masks[index]), cv2.IMREAD_UNCHANGED)
        sample = self.transform(image=image, mask=mask)
        chw = np.ascontiguousarray(sample["image"].transpose(2, 0, 1))
        return torch.from_numpy(chw), torch.from_numpy(sample["mask"]).long()


class PlainModule(LightningModule):
    """Cross-entropy plus Dice, AdamW, and counts at every step."""

    def __init__(self, net: nn.Module, num_classes: int, ignore_index: int) -> None:
        super().__init__()
        self.net, self.num_classes, self.ignore_index = net, num_classes, ignore_index
        self.dice = smp.losses.DiceLoss("multiclass", from_logits=True, ignore_index=ignore_index)
        self.outputs: dict[str, list[tuple[Tensor, ...]]] = {"train": [], "val": []}

    def _step(self, batch: tuple[Tensor, Tensor], split: str) -> Tensor:
        image, mask = batch
        logits = self.net(image)
        loss = nn.functional.cross_entropy(logits, mask, ignore_index=self.ignore_index) + self.dice(logits, mask)
        pred = logits.softmax(dim=1).argmax(dim=1)
        counts = smp.metrics.get_stats(
            pred, mask, mode="multiclass", num_classes=self.num_classes, ignore_index=self.ignore_index
        )
        self.outputs[split].append(counts)
        return loss  # type: ignore[no-any-return]

    def training_step(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        loss = self._step(batch, "train")
        self.log("train_loss", loss, prog_bar=True)
        return loss

    def validation_step(self, batch: tuple[Tensor, Tensor]) -> None:
        self.log("val_loss", self._step(batch, "val"))

    def _end(self, split: str) -> None:
        tp, fp, fn, tn = (torch.cat([output[k] for output in self.outputs[split]]) for k in range(4))
        self.log(f"{split}_iou", smp.metrics.iou_score(tp, fp, fn, tn, reduction="macro"))
        self.outputs[split].clear()

    def on_train_epoch_end(self) -> None:
        self._end("train")

    def on_validation_epoch_end(self) -> None:
        self._end("val")

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.AdamW(self.parameters(), lr=1e-3)


def plain_loader(root: Path, split: str, *, size: tuple[int, int], batch_size: int, num: int, workers: int) -> Any:
    """Return a loader as tutorials make it."""
    return DataLoader(
        PlainDataset(root, split, *size, num_images=num),
        batch_size=batch_size,
        shuffle=split == "train",
        num_workers=workers,
        drop_last=split == "train",
    )
