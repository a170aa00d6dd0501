import shlex
import signal
import subprocess
from pathlib import Path

from tests.engines.sweeping import Environment, Sweep, expect_every_run_once, sweep_command, training, until, went_on

GRID = ("model=unet,fpn", "seed=0,1,2")


def test_a_grid_of_slurm_jobs_is_complete_after_one_run_was_killed_and_one_requeued(
    slurm: Environment, tmp_path: Path
) -> None:
    small_jobs = ("hydra.launcher.cpus_per_task=1", "hydra.launcher.mem_gb=null", "hydra.launcher.timeout_min=60")
    sweep = Sweep("hydra/launcher=slurm", *small_jobs, *GRID, cwd=tmp_path, env=slurm)
    runs = tmp_path / "runs"
    killed, process = training(runs)
    process.kill()
    requeued, process = training(runs, but=[killed])
    job = process.environ()["SLURM_JOB_ID"]
    # What SLURM itself sends hydra.launcher.signal_delay_s before a job's time is over.
    subprocess.run(["scancel", "--signal=USR2", job], env=slurm, check=True)
    said = sweep.ended()
    expect_every_run_once(runs, 6)
    assert f"again   {killed}   SLURM job" in said
    assert f"again   {requeued}" not in said  # SLURM brought it back itself
    assert went_on(runs, killed)
    assert went_on(runs, requeued)


def test_the_tasks_of_a_job_array_share_a_sweep_and_one_that_is_killed_is_taken_over(
    slurm: Environment, tmp_path: Path
) -> None:
    command = shlex.join(sweep_command("hydra/launcher=local", "hydra.launcher.n_jobs=1", "model=unet", "seed=0,1,2,3,4"))
    array = ["sbatch", "--parsable", "--array=0-2", "--cpus-per-task=1", f"--wrap={command}"]
    job = subprocess.run(array, cwd=tmp_path, env=slurm, check=True, capture_output=True, text=True).stdout.strip()
    runs = tmp_path / "runs"
    killed, process = training(runs)
    task = process.environ()["SLURM_ARRAY_TASK_ID"]
    subprocess.run(["scancel", "--full", f"--signal={signal.SIGKILL.value}", f"{job}_{task}"], env=slurm, check=True)

    def all_ended() -> bool:
        left = subprocess.run(["squeue", "--noheader"], env=slurm, check=True, capture_output=True, text=True).stdout
        return not left.strip()

    until(all_ended, "the end of the job array")
    expect_every_run_once(runs, 5)
    said = "".join(file.read_text() for file in tmp_path.glob(f"slurm-{job}_*.out"))
    assert "its sweep process is gone; taken over" in said
    assert went_on(runs, killed)
