from pathlib import Path

import pytest
import ray
from hydra.errors import MissingConfigException
from omegaconf import OmegaConf
from submitit.core.utils import UncompletedJobError

from segsweep.cli.answers import answer
from segsweep.config.errors import PLUGINS
from segsweep.core.errors import SegsweepError
from segsweep.sweep.engines.prepare import prepare_engine, told_by_engine
from tests.command import run
from tests.engines.ray_nodes import free_port

SLURM = {"_target_": "hydra_plugins.hydra_submitit_launcher.submitit_launcher.SlurmLauncher"}
RAY = {"_target_": "hydra_plugins.hydra_ray_launcher.ray_launcher.RayLauncher"}


def test_a_launcher_whose_plugin_is_not_installed_is_answered_with_what_to_install(tmp_path: Path) -> None:
    ended = run("-m", "hydra/launcher=joblib", "seed=0,1", f"paths.runs={tmp_path}")
    assert ended.code == 2
    what = "hydra/launcher=joblib comes with a plugin that is not installed"
    assert ended.err == f"{what}. Try: pip install --pre hydra-joblib-launcher\n"


@pytest.mark.parametrize("launcher", PLUGINS)
def test_every_plugin_can_be_asked_for(launcher: str) -> None:
    missing = MissingConfigException("not found", missing_cfg_file=f"hydra/launcher/{launcher}", options=["basic"])
    assert f"hydra/launcher={launcher} comes with a plugin" in str(answer(missing))


@pytest.mark.parametrize("launcher", ["slurm", "ray_cluster"])
def test_a_preset_is_there_before_its_engine_is(launcher: str, tmp_path: Path) -> None:
    words = ("-m", f"hydra/launcher={launcher}", "seed=0,1", "sweep.dry_run=true", f"paths.runs={tmp_path}")
    assert run(*words).code == 0


def test_a_machine_that_cannot_submit_to_slurm_is_told_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SegsweepError, match="there is no sbatch on this machine"):
        prepare_engine(OmegaConf.create(SLURM))


def test_a_ray_cluster_that_does_not_answer_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"127.0.0.1:{free_port()}"
    monkeypatch.setenv("RAY_ADDRESS", address)
    settings = OmegaConf.create({**RAY, "ray": {"init": {"address": "auto"}, "remote": {}}})
    with pytest.raises(SegsweepError, match=f"No Ray cluster answers at .*address={address} .*ray start --head"):
        prepare_engine(settings)


def test_other_launchers_need_no_preparation() -> None:
    prepare_engine(OmegaConf.create({"_target_": "segsweep.sweep.launcher.local.LocalLauncher"}))


NODE_DIED: Exception = ray.exceptions.NodeDiedError("Task failed due to the node dying.")  # type: ignore[no-untyped-call]
OUT_OF_MEMORY: Exception = ray.exceptions.OutOfMemoryError("a long story")  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            UncompletedJobError("Job 12_0 (task: 0) with path /x\nhas not produced any output (state: NODE_FAIL)"),
            "SLURM job 12_0 ended without a result (NODE_FAIL)",
        ),
        (NODE_DIED, "the Ray node that it ran on is gone"),
        (ray.exceptions.WorkerCrashedError(), "its Ray worker died (killed, crashed, or out of memory)"),
        (OUT_OF_MEMORY, "Ray killed it because its node ran out of memory"),
        (RuntimeError("first\nlast line"), "RuntimeError: last line"),
        (RuntimeError(), "RuntimeError: no further word"),
        (SegsweepError("in our words"), "in our words"),
    ],
)
def test_what_an_engine_says_of_a_lost_run_becomes_a_sentence(error: Exception, told: str) -> None:
    assert told_by_engine(error) == told
