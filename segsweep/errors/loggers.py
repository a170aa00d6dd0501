"""Sentences about the mirrors of a run."""

from segsweep.errors.base import ConfigError


def wandb_not_online(reason: str) -> ConfigError:
    """Online was asked for, and W&B cannot be reached."""
    return ConfigError(
        f"logger.wandb.mode=online, but W&B is offline: {reason}. "
        "Try logger.wandb.mode=auto, which keeps the run on disk for `wandb sync`"
    )


def wandb_name_refused(key: str, found: str, accepted: str) -> ConfigError:
    """W&B takes no such name."""
    return ConfigError(f"{key}={found!r} is not a name that W&B takes: {accepted}. Type {key}=NAME")
