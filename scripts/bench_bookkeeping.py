"""A sweep whose runs write their record and do nothing else, so that what is left is the sweep itself.

python -m scripts.bench_bookkeeping -m hydra/launcher=recording 'seed=range(0,200)' paths.runs=FOLDER
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hydra.core.config_store import ConfigStore
from hydra.core.plugins import Plugins
from hydra.core.utils import JobReturn, JobStatus
from hydra.plugins.launcher import Launcher

from segsweep import train
from segsweep.compose import plain
from segsweep.config.identity import run_name
from segsweep.runs.record import RunRecord
from segsweep.sweep.plan.compose import compose_job


class RecordingLauncher(Launcher):
    """Writes a complete record for each job."""

    def setup(self, *, hydra_context: Any, task_function: Any, config: Any) -> None:
        self._context, self._config = hydra_context, config

    def num_slots(self) -> int:
        return 2

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> Sequence[JobReturn]:
        return [self._record(overrides) for overrides in job_overrides]

    def _record(self, overrides: Sequence[str]) -> JobReturn:
        config = plain(compose_job(self._context, self._config, overrides))
        folder = Path(config["paths"]["runs"]) / run_name(config)
        folder.mkdir()
        metrics: dict[str, float | None] = {"val/miou": 1 / (1 + config["seed"])}
        RunRecord(name=folder.name, status="complete", metrics=metrics, config=config).write(folder)
        return JobReturn(status=JobStatus.COMPLETED, _return_value=metrics["val/miou"])


if __name__ == "__main__":
    Plugins.instance().register(RecordingLauncher)
    ConfigStore.instance().store("recording", {"_target_": "__main__.RecordingLauncher"}, group="hydra/launcher")
    train.main()
