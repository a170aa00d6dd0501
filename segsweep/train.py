"""The training entry point: `python -m segsweep.train model=unet encoder=resnet34 data=folder data.root=PATH`.

compose (Hydra) -> check -> find the run's folder -> train and test (`segsweep.training.run`) -> record
"""

import logging
import sys
from pathlib import Path
from typing import Any

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.plugins import Plugins
from hydra.types import RunMode
from omegaconf import DictConfig

from segsweep.cli.help import show_help
from segsweep.cli.run import Refused, run_command
from segsweep.compose import plain, typed
from segsweep.config.identity import run_name
from segsweep.config.options import conf_dir
from segsweep.config.plugins import load_plugins
from segsweep.core.errors import SegsweepError
from segsweep.runs.describe import class_table, one_line
from segsweep.runs.folder import working_in
from segsweep.runs.objectives import objective_values, read_objectives
from segsweep.runs.record import RunRecord, finished_record
from segsweep.runs.reuse import changes_since, describe_changes, note_start, require_same_data
from segsweep.runs.versions import inputs_now
from segsweep.schema import Config
from segsweep.sweep.engines.spec import register_launchers
from segsweep.sweep.queue.trial import RunningTrial, trial_of
from segsweep.sweep.sweeper import QueueSweeper
from segsweep.validate import check_config

EXECUTION_WHITELIST = ("albumentations.*", "hydra._internal.core_plugins.*", "hydra_plugins.*", "logging.*")
"""What a config may name as `_target_`; Hydra refuses everything else."""

log = logging.getLogger("segsweep")


def train(cfg: DictConfig) -> float | list[float] | None:
    """Train the run that a composed config describes, go on with it, or say that it is done.

    Returns:
        What `sweep.objectives` asks for; else the monitored metric of the best epoch, None where it is undefined.
    Raises:
        Refused: For a mistake in a single run; Hydra would add a line of its own to an Exception.
        SegsweepError: For a mistake in a run of a sweep, so that the others run.
    """
    try:
        return _train(cfg)
    except SegsweepError as mistake:
        if HydraConfig.get().mode == RunMode.RUN:
            raise Refused(mistake) from mistake
        raise


def _train(cfg: DictConfig) -> float | list[float] | None:
    load_plugins(cfg.plugins)  # a process that was started for this run has not seen them yet
    config, content = typed(cfg), plain(cfg)
    if HydraConfig.get().mode == RunMode.MULTIRUN and config.sweep.study is None:
        check_config(config)  # of a sweeper that is not ours: ours has checked each run, `run_folder` a single one
    objectives = read_objectives(config.sweep.objectives, allow_test=config.sweep.allow_test_objective)
    trial = trial_of(config.sweep, HydraConfig.get().sweeper, runs=Path(config.paths.runs))
    folder = Path(HydraConfig.get().runtime.output_dir)
    with working_in(folder):
        now = inputs_now(config)
        require_same_data(folder, now.data)
        if note := describe_changes([changes_since(folder, now)], one=True):
            log.info(note)
        pruned_by = None if trial is None else trial.study
        record = finished_record(folder, pruned_by=pruned_by)
        if record is None:
            note_start(folder, content, now.data)
            record = _train_in(folder, config, content, trial)
            log.info(class_table(record))
    log.info(one_line(record, folder))
    if objectives:
        return objective_values(record, objectives)
    return record.metrics.get(config.trainer.monitor)


def _train_in(folder: Path, config: Config, content: dict[str, Any], trial: RunningTrial | None) -> RunRecord:
    from segsweep.training.machine.devices import (
        choose_devices,  # torch comes here, when all that is quick to check is checked
    )
    from segsweep.training.machine.distributed import train_on_several
    from segsweep.training.recording import recorded
    from segsweep.training.run import train_and_test

    name = run_name(content)
    devices = choose_devices(config.hardware, config.trainer.batch_size)
    if devices.num > 1:
        return train_on_several(folder, name=name, config=content, num_devices=devices.num, pruner=trial)
    return recorded(train_and_test(config, folder, pruner=trial), folder, name=name, config=content)


def register_plugins() -> None:
    """Tell Hydra our sweeper and our launcher."""
    Plugins.instance().register(QueueSweeper)
    register_launchers()


@hydra.main(config_path=str(conf_dir()), config_name="config", execution_whitelist=EXECUTION_WHITELIST)
def _compose(cfg: DictConfig) -> float | list[float] | None:
    from segsweep.train import train  # launchers pickle this function by value: it must not hold the module's state

    return train(cfg)


def main() -> None:
    """Run the command line and exit."""
    words = sys.argv[1:]
    if any(word.startswith("sweep=") for word in words) and not any(word.startswith("-") for word in words):
        sys.argv.insert(1, "--multirun")  # a file of conf/sweep says what is swept; a flag says what else is wanted
    register_plugins()
    run_command(show_help if {"-h", "--help"} & {*words} else _compose)


if __name__ == "__main__":
    main()
