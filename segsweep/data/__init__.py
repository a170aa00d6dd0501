"""Readers, checks, augmentation and batches: from files on disk to uint8 tensors."""

from segsweep.data.augment import check_augmentation
from segsweep.data.base import Data, Split
from segsweep.data.loaders import EvalBatch, SizePx, TrainBatch, eval_loader, train_loader
from segsweep.data.readers import open_data
from segsweep.data.workers import resolve_num_workers

__all__ = [
    "Data",
    "EvalBatch",
    "SizePx",
    "Split",
    "TrainBatch",
    "check_augmentation",
    "eval_loader",
    "open_data",
    "resolve_num_workers",
    "train_loader",
]
