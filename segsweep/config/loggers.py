"""Types of the loggers: what is shown and mirrored."""

from dataclasses import dataclass, field
from typing import Literal

from omegaconf import MISSING


@dataclass
class WandbConfig:
    """The mirror on Weights & Biases; its run has the name of the run's folder as its id."""

    enabled: bool = MISSING
    """Mirror the run."""
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
    finish_timeout_s: float = MISSING
    """Longest wait at the end for what is not sent yet, s; it stays on disk, and `wandb sync` sends it."""


@dataclass
class LoggerConfig:
    """What is shown and mirrored besides history.csv and record.json, which are always written."""

    progress: Literal["auto", "bar", "lines", "none"] = MISSING
    """auto: a bar on a terminal and a line per epoch; lines: only the lines."""
    pictures: bool = MISSING
    """Draw plots/ and samples/ into the run's folder, which takes about 2 s when the run ends."""
    tensorboard: bool = MISSING
    """Mirror the run to TensorBoard files in the run's folder."""
    wandb: WandbConfig = field(default_factory=WandbConfig)
    """Mirror the run to Weights & Biases."""
