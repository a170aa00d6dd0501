"""What happens in the process of a run: it makes itself at home, runs the job as Hydra would, and tells the result."""

import faulthandler
import os
import pickle
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import connection, parent_process
from pathlib import Path

from hydra.core.hydra_config import HydraConfig
from hydra.core.plugins import Plugins
from hydra.core.singleton import Singleton
from hydra.core.utils import JobReturn, JobStatus, run_job, setup_globals
from omegaconf import DictConfig, OmegaConf, read_write

from segsweep.core.errors import Interrupted
from segsweep.runs.folder import require_writable
from segsweep.sweep.launcher.errors import job_stopped
from segsweep.sweep.launcher.family import MARK, kill_family

LOG = "train.log"
GRACE_WITHOUT_PARENT_S = 10.0
_TERMINAL = ("ext://sys.stdout", "ext://sys.stderr")


@dataclass(frozen=True)
class Job:
    """All that the process of a run is given."""

    shared: bytes
    """Task function, Hydra's context and singletons, pickled once for all runs of a sweep."""
    config: DictConfig
    """The job's config."""
    cwd: str
    """Working folder of the sweep."""
    environment: dict[str, str]
    """The whole environment, with the run's mark; the server that the process was forked from has an older one."""
    num_threads: int
    """Threads of torch on the CPU; 0: torch decides, by what the user set."""


def run(job: Job, results: "connection.Connection[object, object]") -> None:
    """Run a job in this process, which was made for it.

    Args:
        job: What to run.
        results: Takes the path of the log as soon as it is known, then the JobReturn.
    """
    mark = job.environment[MARK]
    os.setsid()  # Ctrl-C at the terminal is for the sweep, which tells its runs
    orphaned = threading.Event()
    threading.Thread(target=_end_with_parent, args=(mark, orphaned), daemon=True).start()
    _tell(_result(job, results), results)
    if orphaned.is_set():
        kill_family(os.getpid(), mark)  # nobody else is left who would


def _tell(result: JobReturn, results: "connection.Connection[object, object]") -> None:
    with suppress(BrokenPipeError):  # the sweep is gone
        try:
            results.send(result)
        except (pickle.PicklingError, TypeError, AttributeError) as error:  # of what the job returned
            results.send(failed(result.overrides or (), error))


def _end_with_parent(mark: str, orphaned: threading.Event) -> None:
    """Stop the run when the process of the sweep is gone, however it went."""
    parent = parent_process()
    assert parent is not None
    connection.wait([parent.sentinel])
    orphaned.set()
    os.kill(os.getpid(), signal.SIGTERM)  # to be recorded as interrupted
    threading.Event().wait(GRACE_WITHOUT_PARENT_S)
    kill_family(os.getpid(), mark)


def _result(job: Job, results: "connection.Connection[object, object]") -> JobReturn:
    try:
        os.environ.clear()
        os.environ.update(job.environment)
        os.chdir(job.cwd)
        if job.num_threads and "torch" in sys.modules:
            sys.modules["torch"].set_num_threads(job.num_threads)
        task_function, context, singletons = pickle.loads(job.shared)
        setup_globals()
        singletons["instances"][Plugins] = Plugins.instance()  # found in the server already
        Singleton.set_state(singletons)
        HydraConfig.instance().set_config(job.config)
        results.send(str(_settle_in(job.config)))
        return run_job(
            hydra_context=context,
            task_function=task_function,
            config=job.config,
            job_dir_key="hydra.sweep.dir",
            job_subdir_key="hydra.sweep.subdir",
        )
    except Interrupted:
        return failed(job.config.hydra.overrides.task, job_stopped())
    except Exception as error:
        return failed(job.config.hydra.overrides.task, error)


def failed(overrides: Sequence[str], error: Exception) -> JobReturn:
    """Return what Hydra returns for a job that raised."""
    return JobReturn(overrides=list(overrides), status=JobStatus.FAILED, _return_value=error)


def _settle_in(config: DictConfig) -> Path:
    """Choose the run's folder, and send all that this process says to the log in it; return the log."""
    folder = Path(config.hydra.sweep.dir, config.hydra.sweep.subdir).absolute()
    require_writable(folder)
    folder.mkdir(exist_ok=True)
    with read_write(config.hydra.sweep):
        config.hydra.sweep.dir = str(folder.parent)
        config.hydra.sweep.subdir = folder.name  # of a rerun that has its folder, the next answer is another one
    _drop_console(config.hydra.job_logging)
    file = os.open(folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    for stream, number in ((sys.stdout, 1), (sys.stderr, 2)):
        stream.flush()
        os.dup2(file, number)
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # nothing is lost in a crash
    os.close(file)
    faulthandler.enable()
    return folder / LOG


def _drop_console(logging_config: DictConfig) -> None:
    """Take out what writes to the terminal, which is the log now, where something else writes there already."""
    names = list(OmegaConf.select(logging_config, "root.handlers", default=None) or [])
    handlers = logging_config.handlers if names else {}
    kept = [name for name in names if handlers[name].get("stream") not in _TERMINAL]
    if kept:
        with read_write(logging_config):
            logging_config.root.handlers = kept
