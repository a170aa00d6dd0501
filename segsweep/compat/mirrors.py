"""Names that W&B takes, checked before a run begins."""

from segsweep.config import WandbConfig
from segsweep.errors.loggers import wandb_name_refused

FORBIDDEN = "/\\#?%:"
LONGEST_PROJECT = 128
LONGEST_TAG = 64


def check_mirrors(wandb: WandbConfig) -> None:
    """Check the names for W&B, where it is a mirror of the run.

    Raises:
        ConfigError: On the first name that W&B would refuse.
    Source: validate_project and validate_run_tags of wandb.Settings, 0.31.
    """
    if not wandb.enabled:
        return
    project = wandb.project
    if not 1 <= len(project) <= LONGEST_PROJECT or any(letter in project for letter in FORBIDDEN):
        raise wandb_name_refused(
            "logger.wandb.project", project, f"1 to {LONGEST_PROJECT} letters, none of {' '.join(FORBIDDEN)}"
        )
    for tag in wandb.tags:
        if not 1 <= len(tag) <= LONGEST_TAG:
            raise wandb_name_refused("logger.wandb.tags", tag, f"1 to {LONGEST_TAG} letters")
