"""Resolvers of the conf tree: the folder of a run follows from its config, and only a config that can run gets one."""

import math
import shlex
import sys
from pathlib import Path

from omegaconf import DictConfig, OmegaConf

from segsweep.compose import plain, typed
from segsweep.data.listing import require_root
from segsweep.runs.folder import require_writable
from segsweep.runs.reuse import folder_for
from segsweep.validate import check_config


def run_folder(*, _root_: DictConfig) -> str:
    """Return the folder of a single run; refuses a config that cannot run before anything is written.

    It answers the same for the whole life of a run, also for a rerun, whose folder exists once it has begun.
    """
    known = OmegaConf.select(_root_, "hydra.runtime.output_dir", default=None)
    if known:
        return str(known)
    config = typed(_root_)
    check_config(config)
    require_root(config.data)
    folder = Path(_root_.paths.runs) / run_subfolder(_root_=_root_)
    require_writable(folder)
    return str(folder)


def run_subfolder(*, _root_: DictConfig) -> str:
    """Return the name of a run's folder inside `paths.runs`, for a sweep; a cell that cannot run fails by itself."""
    return folder_for(typed(_root_), plain(_root_)).name


def pruner_warmup(max_epochs: int) -> int:
    """Return the epochs before a pruner may stop a run.

    The metric of the first two epochs says nothing of the last (rank correlation 0.01 and 0.34, of the third 0.92:
    white blood cells, 12 configs of 12 epochs), so that Optuna's defaults lost the best run in half of the replays.
    """
    return max(3, math.ceil(max_epochs / 4))


def python_here(num_cores: float, *, _root_: DictConfig) -> str:
    """Return the shell command that starts this Python in the folder where the sweep was typed, for a run elsewhere.

    Args:
        num_cores: How many cores the run has there.
    """
    cwd = OmegaConf.select(_root_, "hydra.runtime.cwd", default=None) or Path.cwd()
    return f"env --chdir={shlex.quote(str(cwd))} SEGSWEEP_CORES={max(1, int(num_cores))} {shlex.quote(sys.executable)}"


def register_resolvers() -> None:
    """Make `${run_folder:}` and the other resolvers known; a second call changes nothing."""
    for resolver in (run_folder, run_subfolder, pruner_warmup, python_here):
        if not OmegaConf.has_resolver(resolver.__name__):
            OmegaConf.register_resolver(resolver.__name__, resolver)
