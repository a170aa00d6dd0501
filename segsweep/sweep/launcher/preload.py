"""Imports what a run needs, in the server from which runs are forked; nothing is computed and CUDA is never asked.

What would spoil the fork is kept away: a pool of threads, which the first computation starts, or an import that is not
told to be content with one thread; and CUDA, which a process forked after anyone asked for a device cannot use.
"""

import gc
import importlib
import os
from contextlib import suppress

from hydra.core.plugins import Plugins

MODULES = (
    "torch",
    "torchvision",
    "lightning.pytorch",
    "segmentation_models_pytorch",
    "albumentations",
    "optuna",
    "segsweep.cli.run",
    "segsweep.sweep.sweeper",
    "segsweep.sweep.queue.trial",
    "segsweep.training.run",
    "segsweep.training.distributed",
)
"""By name, for the layer of sweeps does not know the code of a run.

Not `segsweep.train`: multiprocessing executes the program that was started in each process, and Python warns where that
was imported before; it takes 4 ms.
"""


def _load() -> None:
    os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # of this process; each run is told its own number
    os.environ["PYTORCH_NVML_BASED_CUDA_CHECK"] = "1"  # a library that asks for CUDA at import gets NVML's answer
    for name in MODULES:
        with suppress(Exception):  # the run that needs it will say what is wrong
            importlib.import_module(name)
    Plugins.instance()  # Hydra looks for plugins once, 40 ms
    gc.collect()
    gc.freeze()  # a run's collections then leave the pages alone that it shares with all others


_load()
