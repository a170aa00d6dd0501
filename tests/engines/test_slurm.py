import os
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from segsweep.core.errors import SegsweepError
from segsweep.sweep.engines.spec import prepare_engine
from tests.command import TINY, run
from tests.engines.sweeping import (
    UNAIDED,
    Environment,
    Sweep,
    expect_every_run_once,
    sweep_command,
    sweep_of,
    training,
    until,
    went_on,
)
from tests.plugin import WORDS, write_plugin

GRID = ("model=linknet,fpn", "seed=0,1")
SMALL_JOB = {
    "_target_": "hydra_plugins.hydra_submitit_launcher.submitit_launcher.SlurmLauncher",
    "cpus_per_task": 1,
    "gpus_per_node": 1,
    "timeout_min": 60,
}


def tell(slurm: Environment, *command: str, cwd: Path | None = None) -> str:
    """Run a command of SLURM and return what it says."""
    env = {**os.environ, "OMP_NUM_THREADS": "1", **slurm}
    return subprocess.run(command, cwd=cwd, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def test_a_grid_of_slurm_jobs_is_complete_after_one_run_was_killed_and_one_requeued(
    slurm: Environment, tmp_path: Path
) -> None:
    small_jobs = ("hydra.launcher.cpus_per_task=1", "hydra.launcher.mem_gb=null", "hydra.launcher.timeout_min=60")
    write_plugin(tmp_path)
    sweep = Sweep("hydra/launcher=slurm", *small_jobs, *GRID, *WORDS, cwd=tmp_path, env={**slurm, **UNAIDED})
    runs = tmp_path / "runs"
    killed, process = training(runs)
    gpus = [process.environ()["CUDA_VISIBLE_DEVICES"]]
    process.kill()
    requeued, process = training(runs, but=[killed])
    gpus.append(process.environ()["CUDA_VISIBLE_DEVICES"])
    assert set(gpus) <= {"0", "1"}
    job = process.environ()["SLURM_JOB_ID"]
    # What SLURM itself sends hydra.launcher.signal_delay_s before a job's time is over.
    tell(slurm, "scancel", "--signal=USR2", job)
    said = sweep.ended()
    expect_every_run_once(runs, 4)
    assert f"again   {killed}   SLURM job" in said
    assert f"again   {requeued}" not in said  # SLURM brought it back itself
    assert went_on(runs, killed)
    assert went_on(runs, requeued)


def test_the_tasks_of_a_job_array_share_a_sweep_and_one_that_is_killed_is_taken_over(
    slurm: Environment, tmp_path: Path
) -> None:
    words = ("hydra/launcher=local", "hydra.sweeper.n_jobs=1", "model=linknet", "seed=0,1,2,3")
    command = shlex.join(sweep_command(*words))
    array = ("sbatch", "--parsable", "--array=0-1", "--cpus-per-task=1", f"--wrap={command}")
    job = tell(slurm, *array, cwd=tmp_path)
    runs = tmp_path / "runs"
    killed, process = training(runs)
    sweep_of(process).kill()
    until(lambda: tell(slurm, "squeue", "--noheader") == "", "the end of the job array")
    expect_every_run_once(runs, 4)
    said = "".join(file.read_text() for file in tmp_path.glob(f"slurm-{job}_*.out"))
    assert "its sweep process is gone; taken over" in said
    assert went_on(runs, killed)


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"partition": "night"}, "Invalid partition name specified"),
        ({"gpus_per_node": 8}, "Requested node configuration is not available"),
        ({"mem_gb": 4000}, "Requested node configuration is not available"),
    ],
)
def test_a_job_that_slurm_would_not_take_is_refused_before_any_is_submitted(
    settings: dict[str, Any], problem: str, slurm: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLURM_CONF", slurm["SLURM_CONF"])
    prepare_engine(OmegaConf.create(SMALL_JOB))
    with pytest.raises(SegsweepError, match=f"SLURM takes no such job: .*{problem}.*hydra.launcher.KEY=VALUE"):
        prepare_engine(OmegaConf.create({**SMALL_JOB, **settings}))


def test_a_slurm_that_keeps_no_accounts_is_refused(
    slurm: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = Path(slurm["SLURM_CONF"]).read_text().splitlines()
    conf = tmp_path / "slurm.conf"
    conf.write_text("\n".join(line for line in lines if not line.startswith("AccountingStorage")))
    monkeypatch.setenv("SLURM_CONF", str(conf))
    with pytest.raises(SegsweepError, match=r"sacct does not answer \(.*\), so the sweep would wait for ever"):
        prepare_engine(OmegaConf.create(SMALL_JOB))


def test_a_run_in_a_job_of_several_tasks_is_still_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"NTASKS": "2", "NTASKS_PER_NODE": "2", "JOB_NAME": "sweep", "JOB_ID": "1"}.items():
        monkeypatch.setenv(f"SLURM_{name}", value)
    assert run(*TINY, "trainer.max_epochs=1", f"paths.runs={tmp_path}").code == 0
