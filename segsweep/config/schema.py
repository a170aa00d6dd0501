"""Types of the whole conf tree: the fields and what they mean. The values stand in `conf/*.yaml`, and only there.

The sentence under each field is its documentation; tests hold that every field has one and that every key is read.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from omegaconf import MISSING

from segsweep.config.data import DataConfig
from segsweep.config.loggers import LoggerConfig
from segsweep.config.losses import LossConfig
from segsweep.config.models import ModelConfig
from segsweep.config.schedulers import SchedulerConfig
from segsweep.config.sweeps import SweepConfig


@dataclass
class EncoderConfig:
    """The backbone."""

    name: str = MISSING
    """Name in segmentation-models-pytorch, or `tu-NAME` for any feature model of timm."""
    weights: str | None = MISSING
    """imagenet or another set that exists for this encoder; a local .safetensors or .pth file; null: random."""
    options: dict[str, Any] = field(default_factory=dict)
    """Further keywords of a timm encoder, such as img_size or drop_path_rate: `+encoder.options.img_size=512`."""


@dataclass
class OptimizerConfig:
    """The optimizer."""

    name: str = MISSING
    """adam, adamw, sgd, rmsprop, or any name of `python -m segsweep.inspect optimizers`."""
    lr: float = MISSING
    """Peak learning rate of the decoder and head."""
    weight_decay: float = MISSING
    """Weight decay of all weights but norms and biases."""
    encoder_lr_scale: float = MISSING
    """Learning rate of the encoder as a fraction of `lr`."""
    options: dict[str, Any] = field(default_factory=dict)
    """Further keywords of the optimizer, such as momentum or betas."""


@dataclass
class ResolutionConfig:
    """Image sizes."""

    height: int = MISSING
    """Height in training, px."""
    width: int = MISSING
    """Width in training, px."""
    eval_size: str = MISSING
    """What the network sees in validation and test: same (as in training), native (as stored), or HEIGHTxWIDTH."""
    count_at: Literal["original", "input"] = MISSING
    """Where pixels are counted: original (predictions go back to the stored size) or input (masks are resized)."""
    interpolation: Literal["nearest", "linear", "cubic", "area", "lanczos"] = MISSING
    """How images are resized; masks always take the nearest pixel."""


@dataclass
class AugmentationConfig:
    """Augmentation of training images and masks."""

    transforms: list[Any] = MISSING
    """Transforms of albumentations, each with `_target_` and its keywords, applied in this order."""


@dataclass
class TrainerConfig:
    """How long and how a run is trained."""

    max_epochs: int = MISSING
    """Passes over the training images."""
    batch_size: int = MISSING
    """Images per forward pass, over all devices together."""
    accumulate_batches: int = MISSING
    """Forward passes per step of the optimizer."""
    gradient_clip_norm: float | None = MISSING
    """Largest norm of the gradient; null: no clipping."""
    precision: str = MISSING
    """32, bf16 or fp16, of the forward pass; auto: bf16 where the device computes it natively, else fp16 or 32."""
    ema_decay: float | None = MISSING
    """Decay per step of an exponential moving average of the weights, which is then what is evaluated; null: none."""
    validate_every_epochs: int = MISSING
    """Epochs between two validations."""
    monitor: str = MISSING
    """Metric that chooses the best checkpoint, stops early and drives the plateau schedule."""
    monitor_mode: Literal["max", "min"] = MISSING
    """Whether more or less of it is better."""
    early_stopping_patience: int | None = MISSING
    """Validations without a better metric after which the run stops; null: never."""
    checkpoint_every_epochs: int | None = MISSING
    """Keep a checkpoint every so many epochs, besides the best and the last; null: none."""
    deterministic: bool = MISSING
    """Refuse operations without a deterministic implementation. On the CPU a seed repeats a run bit for bit anyway."""


@dataclass
class MetricsConfig:
    """What is measured beyond the scores that every run has."""

    boundary: bool = MISSING
    """Compare the boundaries of the tested split too: HD95, surface Dice, boundary IoU. Slow on large images."""
    boundary_tolerance_px: int = MISSING
    """Distance up to which boundaries agree for the surface Dice, and width of the band of the boundary IoU, px."""


@dataclass
class HardwareConfig:
    """Speed only; not part of a run's identity."""

    accelerator: Literal["auto", "cpu", "cuda"] = MISSING
    """Where to compute; auto: on CUDA if there is a device."""
    devices: int | str = MISSING
    """Number of devices, or auto for all."""
    num_workers: int | str = MISSING
    """Processes that load images, per device; 0: none; auto: by the number of cores."""
    num_threads: int | None = MISSING
    """Threads of torch on the CPU; null: torch decides."""
    eval_batch_size: int | None = MISSING
    """Images per forward pass in validation and test, over all devices together; null: as in training."""
    channels_last: bool = MISSING
    """Memory layout that convolutions prefer."""
    compile: bool = MISSING
    """Compile the model; pays on CUDA for long runs, not on the CPU."""


@dataclass
class PathsConfig:
    """Where things lie; not part of a run's identity."""

    runs: str = MISSING
    """Folder that holds one folder per run."""
    cache: str = MISSING
    """Folder for what can be recomputed, such as the verdict on a data set's files."""


@dataclass
class Config:
    """The whole tree."""

    model: ModelConfig = MISSING
    encoder: EncoderConfig = MISSING
    loss: LossConfig = MISSING
    optimizer: OptimizerConfig = MISSING
    scheduler: SchedulerConfig = MISSING
    resolution: ResolutionConfig = MISSING
    augmentation: AugmentationConfig = MISSING
    data: DataConfig = MISSING
    trainer: TrainerConfig = MISSING
    metrics: MetricsConfig = MISSING
    hardware: HardwareConfig = MISSING
    logger: LoggerConfig = MISSING
    paths: PathsConfig = MISSING
    sweep: SweepConfig = MISSING
    seed: int = MISSING
    """Seed of weights, order and augmentation."""
    rerun: bool = MISSING
    """Train again in a new folder beside the old one, although this run exists."""
