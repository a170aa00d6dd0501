"""What decides a result besides the config: the data's files, the versions of packages and code, the weights' file."""

import hashlib
import importlib.metadata
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from segsweep.config.plugins import plugin_digest
from segsweep.data.content import DataState, data_state, file_digest
from segsweep.models.pairs import is_weight_file
from segsweep.runs.facts import EnvironmentFacts
from segsweep.runs.record import RunRecord
from segsweep.schema import Config

PACKAGES = (
    "segsweep",
    "torch",
    "torchvision",
    "segmentation-models-pytorch",
    "timm",
    "lightning",
    "albumentations",
    "opencv-python-headless",
    "numpy",
    "hydra-core",
    "omegaconf",
)
_ONLY_SHOW = ("cli", "plots", "report", "stats", "sweep", "wandb")
"""Rooms of segsweep whose code decides no result; all others count, as a forgotten one would hide a change."""


@dataclass(frozen=True)
class Inputs:
    """What decides a result besides the config, as it is now."""

    data: DataState
    environment: EnvironmentFacts
    """The versions in it; the device is not known before torch is loaded."""
    weights: str | None
    """Hash of the file of `encoder.weights`; None where it names none."""


def inputs_now(config: Config) -> Inputs:
    """Return what a run of a config would be computed from now."""
    cache_dir = Path(config.paths.cache)
    return Inputs(data_state(config.data, cache_dir), versions_now(config.plugins), weights_digest(config))


class KnownInputs:
    """Looks at each data set and at each file of weights once for all runs of a sweep."""

    def __init__(self) -> None:
        self._data: dict[str, DataState] = {}
        self._weights: dict[str | None, str | None] = {}

    def of(self, config: Config) -> Inputs:
        """Return what a run of a config would be computed from, as it was when it was looked at first."""
        files = repr(replace(config.data, name="", fold=None))  # folds are dealt from the same files
        if files not in self._data:
            self._data[files] = data_state(config.data, Path(config.paths.cache))
        weights = config.encoder.weights
        if weights not in self._weights:
            self._weights[weights] = weights_digest(config)
        return Inputs(self._data[files], versions_now(config.plugins), self._weights[weights])


def weights_digest(config: Config) -> str | None:
    """Return a hash of the file that `encoder.weights` names; None where it names a set, or cannot be read."""
    weights = config.encoder.weights
    if weights is None or not is_weight_file(weights):
        return None
    return file_digest(Path(weights), Path(config.paths.cache))


def versions_now(plugins: Sequence[str] = ()) -> EnvironmentFacts:
    """Return the versions of Python, of packages, of segsweep's own code and of plugins."""
    return EnvironmentFacts(
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}",
        packages=_packages(),
        code=_own_code(),
        plugins={name: plugin_digest(name) for name in plugins},
    )


def changed_versions(record: RunRecord, now: Inputs) -> Iterator[str]:
    """Name what differs between a run and one that would be trained now, as far as the record tells."""
    then = record.environment
    packages, plugins = then.packages or {}, then.plugins or {}  # none in a record that was changed by hand
    for name, version in now.environment.packages.items():
        if name in packages and packages[name] != version:
            yield f"{name} {packages[name] or 'not installed'} (now {version or 'not installed'})"
    if then.code is not None and then.code != now.environment.code:
        yield "segsweep's own code"
    for name, digest in now.environment.plugins.items():
        if plugins.get(name, digest) != digest:
            yield f"the code of {name}"
    weights = record.training.encoder_weights
    if weights is not None and now.weights is not None and weights != now.weights:
        yield "the content of encoder.weights"


@cache
def _packages() -> dict[str, str | None]:
    return {name: _version(name) for name in PACKAGES}


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


@cache
def _own_code() -> str:
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        path = file.relative_to(root)
        if path.parts[0] not in _ONLY_SHOW:
            digest.update(path.as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]
