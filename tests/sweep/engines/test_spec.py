from pathlib import Path

import pytest
import ray
from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra._internal.core_plugins.basic_launcher import BasicLauncher
from hydra.core.global_hydra import GlobalHydra
from hydra.core.singleton import Singleton
from hydra.errors import MissingConfigException
from omegaconf import OmegaConf
from submitit.core.utils import FailedJobError, UncompletedJobError

from segsweep.cli.answers import PLUGINS, answer
from segsweep.cli.resolvers import register_resolvers
from segsweep.cli.run import prepare
from segsweep.config.options import conf_dir
from segsweep.core.errors import SegsweepError, SweepError
from segsweep.core.registry import load
from segsweep.sweep.engines.spec import ENGINES, engine_of, explain, prepare_engine, resolve_n_jobs
from tests.command import run
from tests.compose import register
from tests.engines.ray_nodes import free_port

SLURM = {"_target_": "hydra_plugins.hydra_submitit_launcher.submitit_launcher.SlurmLauncher"}
RAY = {"_target_": "hydra_plugins.hydra_ray_launcher.ray_launcher.RayLauncher"}


def test_a_launcher_whose_plugin_is_not_installed_is_answered_with_what_to_install(tmp_path: Path) -> None:
    ended = run("-m", "hydra/launcher=joblib", "seed=0,1", f"paths.runs={tmp_path}")
    assert ended.code == 2
    what = "hydra/launcher=joblib comes with a plugin that is not installed"
    assert ended.err == f"{what}. Try: pip install --pre hydra-joblib-launcher\n"


@pytest.mark.parametrize("launcher", PLUGINS)
def test_every_plugin_can_be_installed(launcher: str) -> None:
    missing = MissingConfigException("not found", missing_cfg_file=f"hydra/launcher/{launcher}", options=["basic"])
    assert f"hydra/launcher={launcher} comes with a plugin" in str(answer(missing))


@pytest.mark.parametrize("launcher", ["slurm", "ray_cluster"])
def test_a_preset_is_there_before_its_engine_is(launcher: str, tmp_path: Path) -> None:
    words = ("-m", f"hydra/launcher={launcher}", "seed=0,1", "sweep.dry_run=true", f"paths.runs={tmp_path}")
    assert run(*words).code == 0


def test_a_machine_that_cannot_submit_to_slurm_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
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
    ("engine", "error", "sentence"),
    [
        (
            "slurm",
            UncompletedJobError("Job 12_0 (task: 0) with path /x\nhas not produced any output (state: NODE_FAIL)"),
            "SLURM job 12_0 ended without a result (NODE_FAIL)",
        ),
        (
            "slurm",
            FailedJobError(
                "Job (task=0) failed during processing with trace:\n----------------------\nTraceback\n  line 1\n"
                "ValueError: no such file\n----------------------\nYou can check full logs with 'job.stderr(0)' and "
                "'job.stdout(0)'or at paths:\n  - /runs/4_0_log.err\n  - /runs/4_0_log.out"
            ),
            "its SLURM job could not begin it (ValueError: no such file); see /runs/4_0_log.err",
        ),
        ("ray", NODE_DIED, "the Ray node that it ran on is gone"),
        ("ray", ray.exceptions.WorkerCrashedError(), "its Ray worker died (killed, crashed, or out of memory)"),
        ("ray", OUT_OF_MEMORY, "Ray killed it because its node ran out of memory"),
        ("slurm", RuntimeError("first\nlast line"), "RuntimeError: last line"),
        ("basic", RuntimeError(), "RuntimeError: no further word"),
        ("ray", SegsweepError("in our words"), "in our words"),
    ],
)
def test_a_lost_run_is_explained_in_a_sentence(engine: str, error: Exception, sentence: str) -> None:
    assert explain(error, ENGINES[engine]) == sentence


def test_a_worker_takes_over_the_state_of_hydra(monkeypatch: pytest.MonkeyPatch) -> None:
    prepare()
    monkeypatch.setattr(Singleton, "_instances", dict(Singleton._instances))
    Singleton.set_state(Singleton.get_state())  # as launchers of SLURM and Ray do: it looks for plugins anew


@pytest.mark.parametrize("name", ENGINES)
def test_the_functions_that_a_row_names_exist(name: str) -> None:
    engine = ENGINES[name]
    paths = [path for path in (engine.check, engine.prepare, engine.explain) if path]
    assert all(callable(load(path)) for path in paths)


@pytest.mark.parametrize(
    ("launcher", "name"),
    [
        ("slurm", "slurm"),
        ("submitit_local", "submitit"),
        ("ray_cluster", "ray"),
        ("basic", "basic"),
        ("local", "local"),
    ],
)
def test_a_launcher_is_recognized_by_its_config(launcher: str, name: str) -> None:
    register()
    register_resolvers()
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(conf_dir())):
        config = hydra_compose("config", [f"hydra/launcher={launcher}"], return_hydra_config=True)
    assert engine_of(config.hydra.launcher).name == name


def test_a_launcher_that_mixes_jobs_or_hangs_is_refused_and_runs_alone_where_that_is_safe() -> None:
    launcher = BasicLauncher()
    basic = OmegaConf.create({"_target_": "hydra._internal.core_plugins.basic_launcher.BasicLauncher"})
    joblib = "hydra_plugins.hydra_joblib_launcher.joblib_launcher.JoblibLauncher"
    assert resolve_n_jobs("auto", launcher, basic) == 1
    with pytest.raises(SweepError, match="mix their configs"):
        resolve_n_jobs(2, launcher, basic)
    with pytest.raises(SweepError, match="hangs for ever"):
        resolve_n_jobs(2, launcher, OmegaConf.create({"_target_": joblib, "backend": "multiprocessing"}))
    with pytest.raises(SweepError, match="mix their configs"):
        resolve_n_jobs(2, launcher, OmegaConf.create({"_target_": joblib, "backend": None, "n_jobs": 1}))
    assert resolve_n_jobs(2, launcher, OmegaConf.create({"_target_": joblib, "backend": None, "n_jobs": 2})) == 2
