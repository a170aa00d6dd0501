"""A run on several devices: torchrun starts one process for each, and this process waits for them."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from segsweep.data.workers import num_cores
from segsweep.errors import Interrupted
from segsweep.errors.runs import TrainingError, processes_died
from segsweep.results.files import write_json
from segsweep.results.folder import REQUEST_FILE
from segsweep.results.record import RunRecord, read_record
from segsweep.training.interrupts import stoppable

_GRACE_S = 30.0


def train_on_several(folder: Path, *, name: str, config: dict[str, Any], num_devices: int) -> RunRecord:
    """Train a run with one process per device.

    The processes are fresh ones started by torchrun, so that this works in a sweep too: nothing of this command line is
    run again.

    Raises:
        TrainingError: With the reason that the processes recorded.
        Interrupted: If told to stop; the processes are told too, and record it.
    """
    before = read_record(folder)
    write_json(folder / REQUEST_FILE, {"name": name, "config": config})
    threads = max(1, num_cores() // num_devices)
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={num_devices}"]
    process = subprocess.Popen(
        [*command, "-m", "segsweep.training.worker", str(folder)],
        env={**os.environ, "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", str(threads))},
    )
    try:
        with stoppable():
            process.wait()
    except Interrupted:
        process.terminate()
        try:
            process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
        raise
    record = read_record(folder)
    if record is None or record == before or record.status not in ("complete", "failed"):
        raise processes_died(folder, process.returncode)
    if record.status == "failed":
        raise TrainingError(record.reason or "")
    return record
