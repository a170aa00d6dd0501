"""A trained run from its folder: the network with its best weights, and how an image gets into it and out again."""

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import torch
from jaxtyping import UInt8
from numpy import ndarray
from omegaconf.errors import OmegaConfBaseException
from torch import Tensor

from segsweep.compose import from_plain
from segsweep.config.plugins import load_plugins
from segsweep.core.task import Task
from segsweep.core.text import first_line
from segsweep.data.augmentation.pipeline import EvalTransform
from segsweep.data.batches import ImageBatch, image_batch
from segsweep.data.images import read_image
from segsweep.inference.restore import predictions_of
from segsweep.models.build import build_model
from segsweep.models.network import SegmentationModel, to_channels_last
from segsweep.models.sizes import size_multiple
from segsweep.runs.errors import checkpoint_unfit, config_unreadable, no_checkpoint, no_record
from segsweep.runs.folder import BEST_CHECKPOINT
from segsweep.runs.record import RunRecord, read_record
from segsweep.schema import Config

_IN_MODULE = "model."
"""What the names of the network's weights begin with in a checkpoint."""
_AUTOCAST = {"bf16": torch.bfloat16, "fp16": torch.float16}


@dataclass(frozen=True)
class TrainedRun:
    """A run whose network can be used; `load_run` makes it."""

    folder: Path
    record: RunRecord
    config: Config
    task: Task
    """What is predicted, with the names of the classes."""
    model: SegmentationModel
    """The network with its own normalization and the weights of the best epoch, in evaluation mode."""
    transform: EvalTransform
    """The size rule of the run: from an image to the network's input."""

    @cached_property
    def device(self) -> torch.device:
        """Where the network is."""
        return self.model.mean.device

    def read_image(self, file: Path | str) -> UInt8[ndarray, "h w c"]:
        """Read an image file as the run read its own; no mask is needed.

        Raises:
            UnreadableImageError: If the file is no image, or has other channels.
        """
        given = getattr(self.config.data, "value_range", None)
        value_range = None if given is None else (given[0], given[1])
        return read_image(Path(file), self.model.mean.shape[1], value_range, self.record.data.bit_depth)

    def predict(self, image: UInt8[ndarray, "h w c"]) -> UInt8[ndarray, "h w"] | UInt8[ndarray, "k h w"]:
        """Predict the class of every pixel at the size of the image; of overlapping classes a layer of 0 and 1 each.

        Binary runs give 1 for the foreground. What is predicted is what the test of the run counted.
        """
        batch = image_batch([image], self.transform)
        (pred,) = predictions_of(self.logits(batch), batch.content_px, batch.stored_px, self.task.kind)
        found: UInt8[ndarray, "..."] = pred.cpu().numpy()
        return found

    @torch.inference_mode()
    def logits(self, batch: ImageBatch) -> Tensor:
        """Return the logits of a batch at the network's size, computed in the precision of the training."""
        with autocast(self.record, self.device):
            found: Tensor = self.model(batch.image.to(self.device))
        return found


def autocast(record: RunRecord, device: torch.device) -> torch.autocast:
    """Return the context in which a run computes in the precision of its training."""
    dtype = _AUTOCAST.get(str(record.training.precision))
    enabled = dtype is not None and not (dtype == torch.float16 and device.type == "cpu")
    return torch.autocast(device.type, dtype, enabled=enabled)


def load_run(folder: Path | str, *, device: str = "cpu") -> TrainedRun:
    """Load a trained run from its folder; the run's plugins are imported first, and nothing is downloaded.

    Args:
        folder: The run's folder, such as runs/unet-resnet34-0a1b2c3d4e5f.
        device: Where the network goes, such as cpu or cuda.
    Raises:
        RunError: If the folder holds no record or no checkpoint, or they cannot be used by this version.
        ConfigError: If a plugin of the run is not there.
    """
    folder = Path(folder)
    record = read_record(folder)
    if record is None:
        raise no_record(folder)
    if not (folder / BEST_CHECKPOINT).is_file() or record.data.task is None:
        raise no_checkpoint(folder, record.status)
    config = _config_of(record, folder)
    task = Task(record.data.task, record.data.class_names)
    model = _model_of(config, task, folder)
    if config.hardware.channels_last:
        to_channels_last(model, torch.device(device).type)
    transform = EvalTransform.of(config.resolution, size_multiple(config.model, config.encoder))
    return TrainedRun(folder, record, config, task, model.eval().to(device), transform)


def _config_of(record: RunRecord, folder: Path) -> Config:
    load_plugins(record.config.get("plugins", []))
    try:
        return from_plain({"plugins": [], **record.config})
    except (OmegaConfBaseException, KeyError, TypeError) as error:
        raise config_unreadable(folder, first_line(error)) from error


def _model_of(config: Config, task: Task, folder: Path) -> SegmentationModel:
    weights = _weights_in(folder)
    model = build_model(
        config.model,
        replace(config.encoder, weights=None),
        in_channels=weights["mean"].shape[1],
        num_outputs=task.num_outputs,
        image_size=(config.resolution.height, config.resolution.width),
    )
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        raise checkpoint_unfit(folder, first_line(error)) from error
    return model


def _weights_in(folder: Path) -> Mapping[str, Tensor]:
    try:
        state = torch.load(folder / BEST_CHECKPOINT, map_location="cpu", weights_only=True)["state_dict"]
        weights = {name.removeprefix(_IN_MODULE): value for name, value in state.items() if name.startswith(_IN_MODULE)}
        _ = weights["mean"]
    except (OSError, RuntimeError, EOFError, KeyError, TypeError, pickle.UnpicklingError) as error:
        raise checkpoint_unfit(folder, first_line(error)) from error
    return weights
