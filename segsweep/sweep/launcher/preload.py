"""Imports what a run needs, in the server from which runs are forked; nothing is computed and CUDA is never called.

What would spoil the fork is kept away: a pool of threads, which the first computation starts, or an import that is not
limited to one thread; and CUDA, which a process forked after a call for a device cannot use.

The program itself, `segsweep.train`, is not imported here: multiprocessing executes it in each process, and Python
warns where it was imported before; it takes 4 ms.
"""

import gc
import importlib
import os
from collections.abc import Iterable
from contextlib import suppress

MODULES = "SEGSWEEP_PRELOAD"
"""Environment variable of the server that names the modules, `hydra.launcher.preload`."""


def preload(modules: Iterable[str]) -> None:
    """Import modules in this process, so that it is fit to be forked; one that fails is left to who needs it."""
    os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # of this process; each run is given its own number
    os.environ["PYTORCH_NVML_BASED_CUDA_CHECK"] = "1"  # a library that looks for CUDA at import gets NVML's answer
    for name in modules:
        with suppress(Exception):
            importlib.import_module(name)
    from hydra.core.plugins import Plugins

    Plugins.instance()  # Hydra looks for plugins once, 40 ms
    gc.collect()
    gc.freeze()  # a run's collections then leave the pages alone that it shares with all others


if MODULES in os.environ:
    preload(os.environ.pop(MODULES).split(","))
