"""The settings of the launcher, checked; and what it reads of a job's config."""

from typing import Any

import psutil
from omegaconf import DictConfig, OmegaConf

from segsweep.core.processes import num_cores
from segsweep.sweep.launcher.errors import bad_launcher_setting

RUN_GIB = 2.0
"""Memory that n_jobs=auto leaves for each run: U-Net with ResNet-18 takes about that, in batches of 8 at 256 px."""


def whole_number(key: str, value: Any, *, also: str = "") -> int:
    """Return a setting that is a number from 1.

    Args:
        key: Name of the setting.
        value: What was set.
        also: What else is accepted, as the beginning of a sentence.
    Raises:
        ConfigError: If it is no such number.
    """
    if isinstance(value, bool) or not str(value).isdecimal() or int(value) < 1:
        raise bad_launcher_setting(key, value, f"{also}a number from 1")
    return int(value)


def timeout_s(minutes: Any) -> float | None:
    """Return the time that a run may take, in seconds.

    Raises:
        ConfigError: If it is neither null nor a number above 0.
    """
    if minutes is None:
        return None
    if isinstance(minutes, bool) or not isinstance(minutes, int | float) or not minutes > 0:
        raise bad_launcher_setting("timeout_min", minutes, "null, or a number of minutes above 0")
    return 60.0 * minutes


def num_runs_at_once(n_jobs: int | None, config: DictConfig) -> int:
    """Return how many runs share the CPU.

    Args:
        n_jobs: `hydra.launcher.n_jobs`; None: auto, which is what the sweeper wants, or a run on every core: on two
            cores, six small runs took 12.0 s as two at once with one thread, and 14.9 s one after the other with two.
        config: The sweep's config.
    """
    if n_jobs is not None:
        return n_jobs
    wanted = OmegaConf.select(config, "hydra.sweeper.n_jobs")
    if isinstance(wanted, int) and wanted > 0:
        return wanted
    return max(1, min(num_cores(), int(psutil.virtual_memory().available / 2**30 / RUN_GIB)))


def num_devices(config: DictConfig) -> int | str:
    """Return the number of devices of a job; one where its config has none, or none that is possible."""
    devices = OmegaConf.select(config, "hardware.devices", default=1)
    return devices if devices == "auto" or (isinstance(devices, int) and devices > 0) else 1
