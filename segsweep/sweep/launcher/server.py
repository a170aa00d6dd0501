"""The server from which runs are forked: it imports what they need, computes nothing and never calls CUDA.

What would spoil the fork is kept away: a pool of threads, which the first computation starts, or an import that is not
limited to one thread; and CUDA, which a process forked after a call for a device cannot use.

The program itself, `segsweep.train`, is not imported here: multiprocessing executes it in each process, and Python
warns where it was imported before; it takes 4 ms.
"""

import gc
import importlib
import os
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from multiprocessing import forkserver

MODULES = "SEGSWEEP_PRELOAD"
"""Environment variable of the server that names the modules, `hydra.launcher.preload`."""
STARTING = threading.Lock()
"""multiprocessing keeps a list of its children, and looks after them at every start, without one."""


def start_server(preload: Sequence[str]) -> None:
    """Start the server from which runs are forked, unless it runs; the modules of the first call hold for good."""
    with STARTING:
        forkserver.set_forkserver_preload([__name__])
        os.environ[MODULES] = ",".join(preload)
        forkserver.ensure_running()
        os.environ.pop(MODULES, None)


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
