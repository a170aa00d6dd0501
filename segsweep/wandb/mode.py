"""Whether W&B can be reached: never asks anybody, never waits more than a few seconds."""

import contextlib
from typing import Literal, NamedTuple

import wandb

from segsweep.core.network import answers
from segsweep.wandb.errors import wandb_not_online


class Line(NamedTuple):
    """The line to the server."""

    mode: Literal["online", "offline", "disabled"]
    reason: str
    """Why it is not online, as a part of a sentence."""


def choose_mode(asked: str) -> Line:
    """Choose online where somebody is logged in and the server answers, else offline.

    What W&B's own settings say (`WANDB_MODE`, `wandb offline`) comes before `auto`.

    Raises:
        ConfigError: If online was asked for and cannot be.
    """
    line = _possible(asked)
    if asked == "online" and line.mode != "online":
        raise wandb_not_online(line.reason)
    return line


def _possible(asked: str) -> Line:
    if asked == "offline":
        return Line("offline", "logger.wandb.mode=offline")
    settings = quiet_settings()
    if settings.mode in ("offline", "dryrun"):
        return Line("offline", "W&B's settings say so, see `wandb online`")
    if settings.mode == "disabled":
        return Line("disabled", "W&B's settings say so, see `wandb enabled`")
    try:
        if not _logged_in(settings):
            return Line("offline", "nobody is logged in, see `wandb login`")
    except wandb.errors.Error as error:
        return Line("offline", first_line(error))
    if not answers(settings.base_url):
        return Line("offline", f"{settings.base_url} does not answer")
    return Line("online", "")


def quiet_settings() -> wandb.Settings:
    """Return W&B's settings for all runs of this process; it prints warnings and errors only."""
    return wandb.setup(settings=wandb.Settings(show_info=False, quiet=True)).settings


def first_line(error: Exception) -> str:
    """Return the first line of what W&B says."""
    return str(error).strip().partition("\n")[0]


def _logged_in(settings: wandb.Settings) -> bool:
    settings.silent = True  # else W&B asks the server for the user's name, of which nobody knows whether it answers
    try:
        return wandb.login(prompt=False, verify=False)
    finally:
        settings.silent = False


def release() -> None:
    """End W&B's service, which may be stuck or dead; the next run starts another."""
    with contextlib.suppress(Exception, SystemExit):
        wandb.teardown()
