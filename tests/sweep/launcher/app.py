"""A Hydra application whose jobs do what their config says: return, raise, die, wait, or report what they see."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil
import yaml
from hydra._internal.callbacks import Callbacks
from hydra._internal.hydra import Hydra
from hydra._internal.utils import create_config_search_path
from hydra.core.global_hydra import GlobalHydra
from hydra.types import HydraContext, RunMode
from omegaconf import DictConfig

from segsweep.core.errors import Interrupted
from segsweep.sweep.launcher.local import LocalLauncher

PRELOAD = ["tests.sweep.launcher.app"]
CONFIG = {
    "defaults": ["_self_", {"override hydra/launcher": "basic"}],
    "do": "report",
    "value": 0,
    "of_value": "${value}",
    "hardware": {"devices": 1, "num_threads": None, "accelerator": "auto"},
    "hydra": {"sweep": {"dir": "runs", "subdir": "${hydra.job.num}"}},
}


def launcher(folder: Path, *words: str, **settings: Any) -> LocalLauncher:
    """Return a launcher that is set up for this application, whose runs lie in `folder`/runs."""
    conf = folder / "conf"
    conf.mkdir(exist_ok=True)
    (conf / "config.yaml").write_text(yaml.safe_dump(CONFIG, sort_keys=False))
    os.chdir(folder)
    GlobalHydra.instance().clear()
    hydra = Hydra.create_main_hydra2("app", create_config_search_path(str(conf)))
    config = hydra.compose_config("config", list(words), run_mode=RunMode.MULTIRUN, with_log_configuration=False)
    defaults: dict[str, Any] = {"gpus": "none", "runs_per_gpu": 1, "n_jobs": 2, "timeout_min": None, "preload": PRELOAD}
    local = LocalLauncher(**(defaults | settings))
    context = HydraContext(config_loader=hydra.config_loader, callbacks=Callbacks(config))
    local.setup(hydra_context=context, task_function=task, config=config)
    return local


def task(cfg: DictConfig) -> Any:
    """Do what the config says."""
    print("job", cfg.value)
    return globals()[cfg.do](cfg)


def report(cfg: DictConfig) -> dict[str, Any]:
    """Say what a job sees."""
    return {
        "others": os.environ.get("SEGSWEEP_OTHER_RUNS"),
        "value": cfg.value,
        "of_value": cfg.of_value,
        "pid": os.getpid(),
        "session": os.getsid(0),
        "cwd": str(Path.cwd()),
        "gpus": os.environ.get("CUDA_VISIBLE_DEVICES"),
        "threads": os.environ.get("OMP_NUM_THREADS"),
        "cores": os.environ["SEGSWEEP_CORES"],
    }


def meet(cfg: DictConfig) -> dict[str, Any]:
    """Say what a job sees, once `cfg.value` jobs are here at once."""
    here = Path(f"here-{os.getpid()}")
    here.touch()
    wait_until(lambda: len(list(Path.cwd().glob("here-*"))) >= cfg.value)
    return report(cfg)


def fail(cfg: DictConfig) -> None:
    """Raise."""
    raise ValueError(f"value {cfg.value} is not possible")


def die(cfg: DictConfig) -> None:
    """Be killed by the signal `cfg.value`, or exit with minus it."""
    if cfg.value < 0:
        os._exit(-cfg.value)
    os.kill(os.getpid(), cfg.value)


def unpicklable(cfg: DictConfig) -> Any:
    """Return what cannot go through a pipe."""
    return threading.Lock()


def wait(cfg: DictConfig) -> None:
    """Start a process that leads a session, as torchrun does, and wait for the signal to stop."""

    def stop(number: int, frame: Any) -> None:
        raise Interrupted(number)

    signal.signal(signal.SIGTERM, stop)
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    Path(f"pids-{cfg.value}").write_text(f"{os.getpid()} {child.pid}")
    Path(f"ready-{cfg.value}").touch()
    try:
        while True:
            time.sleep(0.05)
    except Interrupted:
        Path(f"recorded-{cfg.value}").touch()
        raise


def stubborn(cfg: DictConfig) -> None:
    """Wait, deaf to the signal to stop."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    Path(f"ready-{cfg.value}").touch()
    while True:
        time.sleep(0.05)


def wait_until(condition: Any, seconds: float = 60) -> None:
    """Poll until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def lives(pid: int) -> bool:
    """Tell whether a process runs; a dead one whose parent has not read its exit code yet does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def values(returned: Sequence[Any]) -> list[Any]:
    """Return what jobs returned, or raised."""
    return [each._return_value for each in returned]
