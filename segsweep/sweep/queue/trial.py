"""The trial that a run is, as the run itself sees it: where it reports its metric, and whether it is to go on."""

import json
import logging
import math
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from omegaconf import DictConfig, OmegaConf

from segsweep.core.text import first_line
from segsweep.runs.objectives import read_objectives
from segsweep.schema import SweepConfig
from segsweep.sweep.plan.facts import sweep_folder
from segsweep.sweep.plan.pruner import build_pruner, pruned_metric, prunes_nothing
from segsweep.sweep.queue.storage import open_storage

if TYPE_CHECKING:
    from optuna import Study

log = logging.getLogger("segsweep")

_ADDRESS = "SEGSWEEP_TRIAL"
"""Environment variable that takes a trial to the processes of its run; a file would show a storage's password."""
_PATIENCE_S = 5.0
"""How long a run waits for the storage at each validation; what is missed is reported at the next one."""


@dataclass
class RunningTrial:
    """A trial of a study, with a pruner; nothing is opened before the first validation."""

    study: str
    number: int
    storage: str
    """As in `hydra.sweeper.storage`."""
    folder: str
    """The sweep's own folder."""
    pruner: dict[str, Any]
    metric: str | None
    """The metric that the study seeks; None: the monitored one."""
    _opened: "Study | None" = field(default=None, repr=False)
    _missed: dict[int, float] = field(default_factory=dict, repr=False)
    """Values that the storage has not taken yet, by epoch."""
    _warned: bool = field(default=False, repr=False)

    def report(self, values: Mapping[int, float]) -> bool:
        """Report the metric after some epochs; those that are known already stay as they are.

        Args:
            values: Epoch, from 1, to value; what is no number is left out.
        Returns:
            Whether the study has them. A storage that does not answer is a warning, once, and tried again later.
        """
        self._missed |= {epoch: value for epoch, value in values.items() if math.isfinite(value)}
        try:
            self._send()
        except Exception as error:  # of whatever library the storage is made with; nothing here may end a run
            self._warn(error)
            return False
        return True

    def should_stop(self, epoch: int, value: float) -> bool:
        """Report the metric after a validation, and ask the pruner.

        Args:
            epoch: From 1.
            value: Of the metric.
        Returns:
            False too where the storage does not answer.
        """
        if not self.report({epoch: value}) or self._opened is None:
            return False
        try:
            trial = self._opened._storage.get_trial(self._id(self._opened))
            return bool(self._opened.pruner.prune(self._opened, trial))
        except Exception as error:
            self._warn(error)
            return False

    def environment(self) -> dict[str, str]:
        """Return the environment variable by which `from_environment` finds this trial."""
        address = {name: value for name, value in asdict(self).items() if not name.startswith("_")}
        return {_ADDRESS: json.dumps(address)}

    @classmethod
    def from_environment(cls) -> "RunningTrial | None":
        """Return the trial that the process which started this one works on; None where it works on none."""
        address = os.environ.get(_ADDRESS)
        return None if address is None else cls(**json.loads(address))

    def _send(self) -> None:
        if self._opened is None:
            self._opened = self._open()
        storage, trial_id = self._opened._storage, self._id(self._opened)
        known = storage.get_trial(trial_id).intermediate_values
        for epoch, value in sorted(self._missed.items()):
            if epoch not in known:
                storage.set_trial_intermediate_value(trial_id, epoch, value)
        self._missed.clear()

    def _open(self) -> "Study":
        import optuna

        storage = open_storage(self.storage, Path(self.folder), patience_s=_PATIENCE_S)
        return optuna.load_study(study_name=self.study, storage=storage, pruner=build_pruner(self.pruner))

    def _id(self, study: "Study") -> int:
        return study._storage.get_trial_id_from_study_id_trial_number(study._study_id, self.number)

    def _warn(self, error: Exception) -> None:
        self._opened = None
        if not self._warned:
            log.warning(
                "the sweep's storage does not answer (%s: %s); the run goes on, and asks again after each validation",
                type(error).__name__,
                first_line(str(error)),
            )
        self._warned = True


def trial_of(sweep: SweepConfig, hydra_sweeper: Mapping[str, Any], *, runs: Path) -> RunningTrial | None:
    """Return the trial that a run is; None where it is none, or where nothing prunes.

    Args:
        sweep: The `sweep` group of the run's config.
        hydra_sweeper: `hydra.sweeper` of the run's config, with the storage and the pruner.
        runs: Folder of the runs.
    Raises:
        ConfigError: If the pruner cannot be made, or the objective is not known while a run trains.
    """
    if sweep.study is None or sweep.trial is None:
        return None
    pruner = _plain(hydra_sweeper.get("pruner"))
    if prunes_nothing(pruner):
        return None
    build_pruner(pruner)
    return RunningTrial(
        study=sweep.study,
        number=sweep.trial,
        storage=str(hydra_sweeper["storage"]),
        folder=str(sweep_folder(runs, sweep.study).absolute()),
        pruner=pruner,
        metric=pruned_metric(read_objectives(sweep.objectives, allow_test=sweep.allow_test_objective)),
    )


def _plain(node: Any) -> dict[str, Any]:
    found: Any = OmegaConf.to_container(node, resolve=True) if isinstance(node, DictConfig) else node
    return dict(found or {})
