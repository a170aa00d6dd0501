"""The work of a run's process: it sets up its environment and log, runs the job as Hydra does, sends the result."""

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
from segsweep.runs.folder import LOG_FILE, require_writable
from segsweep.sweep.launcher.errors import job_stopped
from segsweep.sweep.launcher.family import MARK, kill_family

GRACE_WITHOUT_PARENT_S = 10.0
_TERMINAL = ("ext://sys.stdout", "ext://sys.stderr")


@dataclass(frozen=True)
class Job:
    """All that the process of a run is given.

    What may name classes of a plugin stays pickled until the environment is the run's own: reading it imports them.
    """

    shared: bytes
    """Task function, Hydra's context and singletons, pickled once for all runs of a sweep."""
    config: bytes
    """The job's config, pickled."""
    overrides: Sequence[str]
    """What the job sets."""
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
    os.setsid()  # Ctrl-C at the terminal is for the sweep, which stops its runs
    orphaned = threading.Event()
    threading.Thread(target=_end_with_parent, args=(mark, orphaned), daemon=True).start()
    _send(_result(job, results), results)
    if orphaned.is_set():
        kill_family(os.getpid(), mark)  # nobody else is left who would


def _send(result: JobReturn, results: "connection.Connection[object, object]") -> None:
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
        config: DictConfig = pickle.loads(job.config)
        setup_globals()
        singletons["instances"][Plugins] = Plugins.instance()  # found in the server already
        Singleton.set_state(singletons)
        HydraConfig.instance().set_config(config)
        results.send(str(_open_log(config)))
        return run_job(
            hydra_context=context,
            task_function=task_function,
            config=config,
            job_dir_key="hydra.sweep.dir",
            job_subdir_key="hydra.sweep.subdir",
        )
    except Interrupted:
        return failed(job.overrides, job_stopped())
    except Exception as error:
        return failed(job.overrides, error)


def failed(overrides: Sequence[str], error: Exception) -> JobReturn:
    """Return what Hydra returns for a job that raised."""
    return JobReturn(overrides=list(overrides), status=JobStatus.FAILED, _return_value=error)


def _open_log(config: DictConfig) -> Path:
    """Choose the run's folder, and write all output of this process to the log in it; return the log."""
    folder = Path(config.hydra.sweep.dir, config.hydra.sweep.subdir).absolute()
    require_writable(folder)
    folder.mkdir(exist_ok=True)
    with read_write(config.hydra.sweep):
        config.hydra.sweep.dir = str(folder.parent)
        config.hydra.sweep.subdir = folder.name  # of a rerun that has its folder, the next answer is another one
    _drop_console(config.hydra.job_logging)
    file = os.open(folder / LOG_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    for stream, number in ((sys.stdout, 1), (sys.stderr, 2)):
        stream.flush()
        os.dup2(file, number)
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # nothing is lost in a crash
    os.close(file)
    faulthandler.enable()
    return folder / LOG_FILE


def _drop_console(logging_config: DictConfig) -> None:
    """Take out what writes to the terminal, which is the log now, where something else writes there already."""
    names = list(OmegaConf.select(logging_config, "root.handlers", default=None) or [])
    handlers = logging_config.handlers if names else {}
    kept = [name for name in names if handlers[name].get("stream") not in _TERMINAL]
    if kept:
        with read_write(logging_config):
            logging_config.root.handlers = kept
