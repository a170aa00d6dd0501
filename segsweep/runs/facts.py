"""What the record of a run holds in its four tables: training, cost, data and environment.

One reader for all: keys that another version wrote are kept, keys that it did not know yet are empty.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from segsweep.core.task import TaskKind

_BESIDE = "beside"
Table = TypeVar("Table", bound="Facts")


def beside(known: str, empty: Any = None) -> Any:
    """Declare a fact that is written even where it is empty, as soon as the fact of another name is known."""
    return field(default=empty, metadata={_BESIDE: known})


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A table of the record. A fact that is not known yet is None or empty, and is left out of the file."""

    extra: Mapping[str, Any] = field(default_factory=dict)
    """What another version wrote under names that this one does not know."""

    @classmethod
    def read(cls: type[Table], content: Mapping[str, Any]) -> Table:
        """Return the facts of a table, of this version or another."""
        names = {entry.name for entry in fields(cls)} - {"extra"}
        known = {key: _frozen(value) for key, value in content.items() if key in names}
        return cls(**known, extra={key: value for key, value in content.items() if key not in names})

    def only(self: Table, *names: str) -> Table:
        """Return some of the facts, without the others."""
        return type(self)(**{name: getattr(self, name) for name in names})

    def content(self) -> dict[str, Any]:
        """Return the table as it is written."""
        written = {entry.name: getattr(self, entry.name) for entry in fields(self) if entry.name != "extra"}
        for entry in fields(self):
            known = entry.metadata.get(_BESIDE)
            if _is_empty(written.get(entry.name)) and (known is None or written.get(known) is None):
                written.pop(entry.name, None)
        return {**{key: _thawed(value) for key, value in written.items()}, **self.extra}


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, tuple | Mapping) and not value)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _thawed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


@dataclass(frozen=True, kw_only=True)
class TrainingFacts(Facts):
    """What was decided on the way."""

    precision: str | None = None
    """Arithmetic of the forward pass: 32, bf16 or fp16."""
    precision_reason: str | None = None
    """Why it was chosen, in a few words."""
    class_weights: tuple[float, ...] | None = beside("precision")
    """Weights of the classes in the loss, counted where the setting is auto; None: all alike."""
    encoder_weights: str | None = None
    """Hash of the file that encoder.weights names; None where it names a set of weights, or none."""
    micro_batch_size: int | None = None
    """Images per forward pass in training, over all devices."""
    accumulate_batches: int | None = None
    """Forward passes per step of the optimizer."""
    images_per_epoch: int | None = None
    """Training images seen in an epoch: all but those that fill no batch, of which each epoch leaves out others."""
    eval_batch_size: int | None = None
    """Images per forward pass in validation and test, over all devices."""
    out_of_memory: tuple[Mapping[str, Any], ...] = beside("micro_batch_size", empty=())
    """Each time that memory ran out: stage, epoch, batch sizes and cause."""
    note: str | None = None
    """What differs from the computation that the config describes, in a sentence."""
    epochs_done: int | None = None
    """Epochs in the history, earlier starts of the run included."""
    stopped_early: bool | None = None
    """Whether early stopping ended the training before its last epoch."""
    monitor: str | None = None
    """Metric that chose the best checkpoint."""
    monitor_mode: str | None = None
    """max or min."""
    lower_is_better: tuple[str, ...] | None = beside("monitor")
    """Metrics, without their split, of which less is better; also those of plugins."""
    best_epoch: int | None = None
    """Epoch of the best checkpoint, from 1."""
    tested_split: str | None = None
    """Split whose images were tested: test, or val where the data has no test images."""


@dataclass(frozen=True, kw_only=True)
class CostFacts(Facts):
    """Size of the network and cost of the run."""

    num_parameters: int | None = None
    """Parameters of the whole network."""
    num_encoder_parameters: int | None = None
    """Parameters of the encoder."""
    gflops: float | None = None
    """Floating point operations of one forward pass of one image, in 10 ** 9."""
    train_img_s: float | None = beside("epochs")
    """Median speed of training, images per second."""
    eval_img_s: float | None = beside("epochs")
    """Median speed of validation and test, images per second."""
    peak_memory_gib: float | None = None
    """Most memory in use: of the device on CUDA, of the process on the CPU."""
    seconds_to_first_step: float | None = beside("epochs")
    """From the start of the process to the first step."""
    train_seconds: float | None = None
    """Sum over all epochs, validation included."""
    epochs: int | None = None
    """Epochs that were trained."""
    concurrent_runs: int | None = None
    """Most other runs that shared the machine while this one trained; None where nobody counted."""


@dataclass(frozen=True, kw_only=True)
class DataFacts(Facts):
    """The data that a run was trained on."""

    name: str | None = None
    """Name of the data set."""
    fingerprint: str | None = None
    """Equal for equal names, sizes of images, labels and splits."""
    content_fingerprint: str | None = None
    """Hash of the names and content of all files, whatever the fold; None where there are none."""
    num_images: Mapping[str, int] = field(default_factory=dict)
    """Images of each split."""
    task: TaskKind | None = None
    """binary, multiclass or multilabel."""
    class_names: tuple[str, ...] = ()
    """Names of the classes, in the order of their numbers."""
    class_pixels: tuple[int, ...] = ()
    """Pixels of each class in the training images."""
    fold: int | None = None
    """Number of the fold that was left out of training; None without cross-validation."""
    num_folds: int | None = None
    """Number of folds."""
    bit_depth: int | None = None
    """Bits of images of more than 8 whose range became 0 to 255; None: that of `data.value_range`, or of the type."""
    shared_between_splits: Mapping[str, int] = field(default_factory=dict)
    """How many images of the later split are in the earlier one too, such as {"train-test": 3}."""
    groups_between_splits: Mapping[str, int] = field(default_factory=dict)
    """How many groups of images, such as patients, have images in both splits."""


@dataclass(frozen=True, kw_only=True)
class EnvironmentFacts(Facts):
    """What a run was computed on: nothing here names a person or a host."""

    python: str | None = None
    """Version of Python."""
    platform: str | None = None
    """Operating system and processor architecture."""
    packages: Mapping[str, str | None] = field(default_factory=dict)
    """Versions of the packages that decide a result; None for one that is not installed."""
    plugins: Mapping[str, str] = field(default_factory=dict)
    """Hash of the content of each plugin, by its name."""
    device: str | None = None
    """Name of the hardware."""
    device_kind: str | None = None
    """cpu or cuda."""
    num_devices: int | None = None
    """Devices that the run was computed on."""
    cuda: str | None = beside("python")
    """Version of CUDA; None on the CPU."""
    num_threads: int | None = None
    """Threads of torch on the CPU."""
    code: str | None = None
    """Hash of the files of segsweep that decide a result."""
    git_commit: str | None = beside("python")
    """Commit of the working folder; None outside a repository."""
    git_dirty: bool | None = None
    """Whether the working folder held changes that were not committed."""
