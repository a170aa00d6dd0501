"""Types of the whole conf tree: the fields and what they mean. The values stand in `conf/*.yaml`, and only there.

The sentence under each field is its documentation; tests hold that every field has one and that every key is read.
"""

from dataclasses import dataclass, field
from typing import Literal

from omegaconf import MISSING

from segsweep.config.declare import COUNT, FRACTION_INSIDE, FROM_ZERO, POSITIVE, SEED, SEVERAL, choice, number
from segsweep.data.augmentation.spec import AugmentationConfig
from segsweep.data.spec import DataConfig, ResolutionConfig
from segsweep.losses.spec import LossConfig
from segsweep.metrics.spec import MetricsConfig
from segsweep.models.spec import EncoderConfig, ModelConfig
from segsweep.optim.spec import OptimizerConfig, SchedulerConfig


@dataclass
class TrainerConfig:
    """How long and how a run is trained."""

    max_epochs: int = number(COUNT)
    """Passes over the training images."""
    batch_size: int = number(COUNT)
    """Images per forward pass, over all devices together."""
    accumulate_batches: int = number(COUNT)
    """Forward passes per step of the optimizer."""
    gradient_clip_norm: float | None = number(POSITIVE)
    """Largest norm of the gradient; null: no clipping."""
    precision: str = choice("auto", "32", "bf16", "fp16")
    """32, bf16 or fp16, of the forward pass; auto: bf16 where the device computes it natively, else fp16 or 32."""
    ema_decay: float | None = number(FRACTION_INSIDE)
    """Decay per step of an exponential moving average of the weights, which is then what is evaluated; null: none."""
    ema_warmup: bool = False
    """Let the decay of the average rise to `ema_decay`, as (1 + steps) / (10 + steps); only with `ema_decay`."""
    validate_every_epochs: int = number(COUNT)
    """Epochs between two validations."""
    monitor: str = MISSING
    """Metric that chooses the best checkpoint, stops early and drives the plateau schedule."""
    monitor_mode: Literal["max", "min"] = MISSING
    """Whether more or less of it is better."""
    early_stopping_patience: int | None = number(COUNT)
    """Validations without a better metric after which the run stops; null: never."""
    checkpoint_every_epochs: int | None = number(COUNT)
    """Keep a checkpoint every so many epochs, besides the best and the last; null: none."""
    deterministic: bool = MISSING
    """Refuse operations without a deterministic implementation. On the CPU a seed repeats a run bit for bit anyway."""


@dataclass
class HardwareConfig:
    """Speed only; not part of a run's identity."""

    accelerator: Literal["auto", "cpu", "cuda"] = MISSING
    """Where to compute; auto: on CUDA if there is a device."""
    devices: int | str = number(COUNT, or_auto=True)
    """Number of devices, or auto for all."""
    num_workers: int | str = number(FROM_ZERO, or_auto=True)
    """Processes that load images, per device; 0: none; auto: by the number of cores."""
    num_threads: int | None = number(COUNT)
    """Threads of torch on the CPU; null: torch decides."""
    eval_batch_size: int | None = number(COUNT)
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
class WandbConfig:
    """The logger for Weights & Biases; its run has the name of the run's folder as its id."""

    enabled: bool = MISSING
    """Show the run on Weights & Biases."""
    project: str = MISSING
    """Project on the server; made there if it is new."""
    entity: str | None = MISSING
    """User or team that owns the project; null: the default one of whoever is logged in."""
    group: str | None = MISSING
    """Name that this run shares with others, to be shown together; a run of a sweep takes the sweep's; null: none."""
    tags: list[str] = MISSING
    """Words to find the run by."""
    mode: Literal["auto", "online", "offline"] = MISSING
    """auto: online where somebody is logged in and the server answers, else offline; online: refuse to go offline."""
    machine_info: bool = MISSING
    """Send also what W&B collects by itself: host name, user name and e-mail, command line, git remote and commit,
    installed packages, load of the machine. Never code. Without it, config, curves, pictures, result, the scores of
    each test image, the kind of device and the versions of a few libraries are sent; your home folder is written as
    ~."""
    finish_timeout_s: float = number(POSITIVE)
    """Longest wait at the end for what is not sent yet, s; it stays on disk, and `wandb sync` sends it."""


@dataclass
class LoggerConfig:
    """What is shown, and where, besides history.csv and record.json, which are always written."""

    progress: Literal["auto", "bar", "lines", "none"] = MISSING
    """auto: a bar on a terminal and a line per epoch; lines: only the lines."""
    pictures: bool = MISSING
    """Draw plots/ and samples/ into the run's folder, which takes about 2 s when the run ends."""
    tensorboard: bool = MISSING
    """Write TensorBoard files into the run's folder."""
    wandb: WandbConfig = field(default_factory=WandbConfig)
    """Show the run on Weights & Biases."""


@dataclass
class SweepConfig:
    """A sweep as a whole; not part of a run's identity. What is varied stands in `hydra.sweeper.params`."""

    name: str | None = MISSING
    """Name of the sweep; null: that of the chosen file, or grid. Its folder adds a hash of what is swept."""
    runs: list[str] = field(default_factory=list)
    """Settings that go together, one string per run, such as "model=unet loss=dice": a list, not a product."""
    objectives: list[str] = field(default_factory=list)
    """What is sought, as METRIC:max or METRIC:min, of val/..., test/... and cost/...; empty: trainer.monitor."""
    allow_test_objective: bool = False
    """Let `sweep.objectives` name test/...: what is chosen by the test images looks better on them than it is."""
    on_incompatible: Literal["skip", "refuse"] = MISSING
    """What to do with combinations that cannot be trained: leave them out, or do not begin."""
    until: Literal["all", "settled"] = MISSING
    """all: every combination runs; settled: seeds go where they decide, until the best is known (a grid only)."""
    margin: float = number(POSITIVE)
    """Difference in the objective that is too small to matter: within it, configurations are equal (until=settled)."""
    max_seeds: int = number(SEVERAL)
    """Seeds of a configuration at most, counted up from `seed`; a swept `seed` lists them instead (until=settled)."""
    dry_run: bool = MISSING
    """Only say what would run, what is done, what cannot run, and what it would cost."""
    max_hours: float | None = number(POSITIVE)
    """Hours after which no further run is started; null: no limit."""
    max_runs: int | None = number(COUNT)
    """Runs that one command starts at most; null: no limit."""
    max_failures: int | None = number(COUNT)
    """Failed runs after which no further run is started; null: no limit."""
    fail_fast: bool = MISSING
    """Stop everything at the first failed run."""
    retries: int = number(FROM_ZERO)
    """How often a run is started again whose process died without a word, from its checkpoint."""
    study: str | None = MISSING
    """The study that a run belongs to; the sweep sets it for its runs."""
    trial: int | None = number(FROM_ZERO)
    """The trial of the study that a run is; the sweep sets it for its runs."""


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
    plugins: list[str] = MISSING
    """Modules of your own that add networks, losses and the like when imported; their content is part of the run."""
    seed: int = number(SEED)
    """Seed of weights, order and augmentation."""
    rerun: Literal[False, True, "changed"] = MISSING
    """Train again in a new folder beside the old one, although this run exists; changed: only where the data, the
    weights' file, a package or the code has changed since."""
