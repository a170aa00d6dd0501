"""A run on several devices: torchrun starts one process for each, and this process waits for them."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from segsweep.core.errors import Interrupted, TrainingError
from segsweep.core.files import write_json
from segsweep.core.processes import num_cores
from segsweep.core.signals import ignore_warnings, stoppable
from segsweep.runs.folder import REQUEST_FILE
from segsweep.runs.record import RunRecord, read_record
from segsweep.training.errors import processes_died
from segsweep.training.machine.memory import read_sizes
from segsweep.training.pruning import Pruner, class_path

_GRACE_S = 30.0


def train_on_several(
    folder: Path, *, name: str, config: dict[str, Any], num_devices: int, pruner: Pruner | None = None
) -> RunRecord:
    """Train a run with one process per device; all begin again with smaller batches when one runs out of memory.

    The processes are fresh ones started by torchrun, so that this works in a sweep too: nothing of this command line is
    run again.

    Args:
        folder: The run's folder.
        name: The run's name.
        config: The resolved config in plain containers.
        num_devices: How many processes.
        pruner: May stop the run early, where it is a run of a sweep.
    Raises:
        TrainingError: With the reason that the processes recorded.
        Interrupted: If a signal stops it; the processes get it too, and record it.
    """
    before = read_record(folder)
    write_json(folder / REQUEST_FILE, {"name": name, "config": config, "pruner": pruner and class_path(pruner)})
    while True:
        num_events = len(read_sizes(folder).out_of_memory)
        exit_code = _run_processes(folder, num_devices, {} if pruner is None else pruner.environment())
        if len(read_sizes(folder).out_of_memory) <= num_events:
            break
    record = read_record(folder)
    if record is None or record == before or record.status not in ("complete", "pruned", "failed"):
        raise processes_died(folder, exit_code)
    if record.status == "failed":
        raise TrainingError(record.reason or "")
    return record


def _run_processes(folder: Path, num_devices: int, more_environment: Mapping[str, str]) -> int:
    """Start the processes, wait for them, and return torchrun's exit code."""
    threads = max(1, num_cores() // num_devices)
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={num_devices}"]
    omp_threads = os.environ.get("OMP_NUM_THREADS", str(threads))
    environment = {**os.environ, "OMP_NUM_THREADS": omp_threads, **more_environment}
    process = subprocess.Popen(
        [*command, "-m", "segsweep.training.machine.worker", str(folder)], env=environment, preexec_fn=ignore_warnings
    )
    try:
        with stoppable():
            return process.wait()
    except Interrupted:
        process.terminate()
        try:
            process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
        raise
