"""The launcher (`hydra/launcher=local`): each run in a fresh process, as soon as a slot is free for it."""

import logging
import os
import pickle
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any
from uuid import uuid4

import cloudpickle
from hydra.core.singleton import Singleton
from hydra.core.utils import JobReturn, JobStatus, filter_overrides
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, OmegaConf, open_dict

from segsweep.core.errors import TrainingError
from segsweep.core.processes import OTHER_RUNS
from segsweep.core.signals import stopping_on_signals
from segsweep.core.text import first_line
from segsweep.sweep.launcher.errors import job_lost, job_stopped, job_timed_out
from segsweep.sweep.launcher.family import MARK
from segsweep.sweep.launcher.gpus import choose_gpus
from segsweep.sweep.launcher.job import Job, failed
from segsweep.sweep.launcher.process import Ended, RunProcess
from segsweep.sweep.launcher.server import start_server
from segsweep.sweep.launcher.settings import num_devices, num_runs_at_once, timeout_s, whole_number
from segsweep.sweep.launcher.slots import Share, Slots
from segsweep.sweep.plan.compose import compose_job
from segsweep.sweep.queue.outcome import JobStopped

log = logging.getLogger("segsweep.launcher")

_LOOK_S = 0.5


class LocalLauncher(Launcher):
    """Runs jobs on this machine, each in a process of its own, one on each slot.

    A batch runs side by side on the slots; several threads may also launch one job each.
    """

    def __init__(self, gpus: Any, runs_per_gpu: Any, n_jobs: Any, timeout_min: Any, preload: Sequence[str]) -> None:
        """Take the settings of `hydra.launcher`, which conf/hydra/launcher/local.yaml explains.

        Raises:
            ConfigError: If one of them is not possible.
        """
        self._gpus = gpus
        self._runs_per_gpu = whole_number("runs_per_gpu", runs_per_gpu)
        self._n_jobs = None if n_jobs == "auto" else whole_number("n_jobs", n_jobs, also="auto, or ")
        self._timeout_s = timeout_s(timeout_min)
        self._preload = list(preload)
        self._lock = threading.RLock()  # the second Ctrl-C may come while the first is being answered
        self._shared: bytes | None = None
        self._running: set[RunProcess] = set()
        self._stopped_now: bool | None = None
        """Whether the runs were stopped at once, or gently; None: they were not."""

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """Keep the sweep's config, and find the slots.

        Raises:
            ConfigError: If `hydra.launcher.gpus` names none.
        """
        self._context = hydra_context
        self._task_function = task_function
        self._config = config
        gpus = choose_gpus(self._gpus, accelerator=OmegaConf.select(config, "hardware.accelerator"))
        seats = self._runs_per_gpu if gpus else num_runs_at_once(self._n_jobs, config)
        self._slots = Slots(gpus, seats=seats)

    def warm_up(self) -> None:
        """Start the server from which runs are forked; it loads on its own, in about 5 s."""
        start_server(self._preload)

    def num_slots(self) -> int:
        """Return how many runs go at once if each takes the devices of the sweep's own config."""
        return self._slots.num_runs(num_devices(self._config))

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> Sequence[JobReturn]:
        """Run jobs and wait for them; how a job failed, died or was stopped stands in its JobReturn.

        Raises:
            Interrupted: After a signal, in the main thread; nothing runs any more then.
        """
        self.warm_up()
        names = _names(job_overrides, initial_job_idx)
        numbers = range(initial_job_idx, initial_job_idx + len(names))
        with (
            stopping_on_signals(self.stop),
            ThreadPoolExecutor(max(1, min(len(names), self._slots.num_runs()))) as pool,
        ):
            runs = [pool.submit(self._run, *job) for job in zip(names, numbers, job_overrides, strict=True)]
            while wait(runs, timeout=_LOOK_S).not_done:
                pass  # Python answers a signal that came just before a wait only when the wait is over
            return [run.result() for run in runs]

    def stop(self, *, now: bool) -> None:
        """End all runs and start no more; `launch` returns when they are gone.

        Args:
            now: Kill them, instead of letting each record itself as interrupted.
        """
        with self._lock:
            self._stopped_now = now or bool(self._stopped_now)
            running = set(self._running)
        self._slots.close()
        for process in running:
            process.stop(now=now)

    def _run(self, name: str, number: int, overrides: Sequence[str]) -> JobReturn:
        """Run one job, and say when it starts and how it ends."""
        log_file = None
        try:
            config = self._compose(number, overrides)
            with self._slots.taken(num_devices(config)) as share:
                log.info("%s   starts%s", name, f" on GPU {', '.join(share.gpus)}" if share.gpus else "")
                ended = self._run_in_process(config, share)
            returned, log_file = self._judge(ended, config), ended.log
        except Exception as error:  # the others go on
            returned = failed(overrides, error)
        log.info("%s   %s", name, _how(returned, log_file))
        return returned

    def _compose(self, number: int, overrides: Sequence[str]) -> DictConfig:
        config = compose_job(self._context, self._config, overrides)
        with open_dict(config):
            config.hydra.job.id = str(number)
            config.hydra.job.num = number
        return config

    def _run_in_process(self, config: DictConfig, share: Share) -> Ended:
        environment, num_threads = _environment(share, OmegaConf.select(config, "hardware.num_threads"))
        environment[OTHER_RUNS] = str(self._slots.num_runs(num_devices(config)) - 1)
        overrides = list(config.hydra.overrides.task)
        job = Job(self._pickled(), pickle.dumps(config), overrides, str(Path.cwd()), environment, num_threads)
        process = RunProcess(job)
        with self._lock:
            self._running.add(process)
            stopped_now = self._stopped_now
        if stopped_now is not None:  # while it was being started
            process.stop(now=stopped_now)
        try:
            return process.wait(self._timeout_s)
        finally:
            with self._lock:
                self._running.remove(process)

    def _pickled(self) -> bytes:
        """Return what all jobs share; by value where a function lies in the program that was started."""
        with self._lock:
            if self._shared is None:
                self._shared = cloudpickle.dumps((self._task_function, self._context, Singleton.get_state()))
            return self._shared

    def _judge(self, ended: Ended, config: DictConfig) -> JobReturn:
        if ended.timed_out:
            error: TrainingError = job_timed_out((self._timeout_s or 0) / 60, ended.exit_code)
        elif ended.result is not None:
            return ended.result
        else:
            error = job_lost(ended.exit_code) if self._stopped_now is None else job_stopped()
        return failed(config.hydra.overrides.task, error)


def _names(job_overrides: Sequence[Sequence[str]], first: int) -> list[str]:
    """Name jobs by their number and what sets them apart from the others of their batch."""
    shared = set.intersection(*map(set, job_overrides)) if len(job_overrides) > 1 else set()
    own = ([each for each in filter_overrides(overrides) if each not in shared] for overrides in job_overrides)
    return [f"#{number} {' '.join(words)}".rstrip() for number, words in enumerate(own, first)]


def _environment(share: Share, num_threads: int | None) -> tuple[dict[str, str], int]:
    """Return the environment of a run, and its threads on the CPU; 0 where the user's OMP_NUM_THREADS decides."""
    environment = dict(os.environ)
    by_user = "OMP_NUM_THREADS" in environment and num_threads is None
    threads = str(num_threads or share.num_cores)
    if not by_user:
        environment |= {"OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads}
    if share.gpus is not None:
        environment["CUDA_VISIBLE_DEVICES"] = ",".join(share.gpus)
    environment |= {"SEGSWEEP_CORES": str(share.num_cores), MARK: uuid4().hex}
    return environment, 0 if by_user else int(threads)


def _how(returned: JobReturn, log_file: Path | None) -> str:
    if returned.status == JobStatus.COMPLETED:
        return "complete"
    error = returned._return_value
    if isinstance(error, JobStopped):
        return str(error)
    where = f"; see {log_file}" if log_file else ""
    return f"failed ({first_line(error)}{where})"
