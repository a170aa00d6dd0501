"""Asks every room whether a config can be trained: once, before torch is imported and before anything is touched."""

from segsweep.config.declare import check_values
from segsweep.config.plugins import require_loaded
from segsweep.core.errors import ConfigError
from segsweep.core.task import Task
from segsweep.data.augmentation.spec import check_targets
from segsweep.data.spec import check_data
from segsweep.losses.spec import check_loss
from segsweep.metrics.spec import check_monitor
from segsweep.models.pairs import check_pair_rules
from segsweep.models.sizes import check_batch, check_sizes
from segsweep.models.spec import check_architecture
from segsweep.optim.spec import check_schedule
from segsweep.schema import Config, WandbConfig

FORBIDDEN = "/\\#?%:"
LONGEST_PROJECT = 128
LONGEST_TAG = 64


def check_config(config: Config) -> None:
    """Check what can be known without torch, data or network.

    Raises:
        ConfigError: On the first setting, or pair of settings, that cannot be trained.
        WeightsError: If the encoder has no pretrained set of that name.
    """
    require_loaded(config.plugins)
    check_values(config)
    check_data(config.data)
    check_targets(config.augmentation.transforms)
    check_architecture(config.model)
    check_pair_rules(config.model, config.encoder)
    check_sizes(config.model, config.encoder, config.resolution)
    devices = config.hardware.devices
    check_batch(config.model, config.trainer.batch_size, devices if isinstance(devices, int) else 1)
    check_loss(config.loss, getattr(config.data, "task", None), _num_classes(config))
    check_schedule(config.scheduler, max_epochs=config.trainer.max_epochs)
    check_monitor(config.trainer.monitor, config.trainer.monitor_mode)
    check_wandb_names(config.logger.wandb)


def check_task(config: Config, task: Task) -> None:
    """Check what needs the task, which the opened data tells.

    Raises:
        ConfigError: If the loss does not fit it, or validation does not give the monitored metric.
    """
    stated = (getattr(config.data, "task", None), _num_classes(config))
    if stated != (task.kind, len(task.class_names)):  # check_config knew less
        check_loss(config.loss, task.kind, len(task.class_names))
    check_monitor(config.trainer.monitor, config.trainer.monitor_mode, task)


def _num_classes(config: Config) -> int | None:
    names: list[str] | None = getattr(config.data, "class_names", None)
    stated: int | None = getattr(config.data, "num_classes", None)
    return len(names) if names else stated


def check_wandb_names(wandb: WandbConfig) -> None:
    """Check the names for W&B, where the run is logged there.

    Raises:
        ConfigError: On the first name that W&B would refuse.
    Source: validate_project and validate_run_tags of wandb.Settings, 0.31.
    """
    if not wandb.enabled:
        return
    project = wandb.project
    if not 1 <= len(project) <= LONGEST_PROJECT or any(letter in project for letter in FORBIDDEN):
        raise _name_refused(
            "logger.wandb.project", project, f"1 to {LONGEST_PROJECT} letters, none of {' '.join(FORBIDDEN)}"
        )
    for tag in wandb.tags:
        if not 1 <= len(tag) <= LONGEST_TAG:
            raise _name_refused("logger.wandb.tags", tag, f"1 to {LONGEST_TAG} letters")


def _name_refused(key: str, found: str, accepted: str) -> ConfigError:
    return ConfigError(f"{key}={found!r} is not a name that W&B takes: {accepted}. Type {key}=NAME")
