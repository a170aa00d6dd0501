"""A job's config composed our way is the one that Hydra composes, and comes quickly."""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hydra._internal.callbacks import Callbacks
from hydra._internal.hydra import Hydra
from hydra._internal.utils import create_config_search_path
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import ConfigCompositionException
from hydra.types import HydraContext, RunMode
from omegaconf import Container, DictConfig, ListConfig, OmegaConf

from segsweep.cli.run import prepare
from segsweep.compose import plain
from segsweep.config.options import conf_dir
from segsweep.sweep.plan.compose import compose_job

pytestmark = pytest.mark.slow

SWEEPS = sorted(file.stem for file in (conf_dir() / "sweep").glob("*.yaml"))
JOBS = [
    [],
    ["seed=3"],
    ["model=fpn", "optimizer.lr=0.1"],
    ["optimizer.lr=0.1", "model=fpn", "seed=3"],
    ["encoder=resnet34", "encoder=resnet50", "seed=1", "seed=2"],
    ["trainer.early_stopping_patience=3", "trainer.gradient_clip_norm=null"],
    ["loss.class_weights=[1,2,3.5,4]", "trainer.monitor='val/dice'"],
    ["data.pretrained=false"],
    ["optimizer={name: sgd, lr: 1}", "optimizer.lr=2"],
    ["+encoder.options.img_size=512", "++encoder.options.drop_path_rate=0.1"],
    ["model=unet", "++optimizer.options.momentum=0.8", "optimizer=sgd"],
    ["resolution=512x512", "resolution.width=640", "paths.runs=${paths.cache}/runs"],
    ["~experiment", "seed=1"],
    ["+hydra.job.env_set.TOKEN=x", "hydra.sweep.subdir=here", "seed=1"],
    ["hydra.job.name=other", "seed=1"],
    ["sweep.study=grid-12", "sweep.trial=3", "data=folder", "data.root=x", "experiment=wbc_quick"],
    ["hydra.verbose=true"],
]
Sweep = tuple[HydraContext, DictConfig]
MISTAKES = ["optimizr.lr=1", "optimizer.lr=abc", "model=unte", "+seed=1", "seed=1,2", "~seed=5", "resolution=512"]


@pytest.fixture(scope="module")
def hydra() -> Iterator[Hydra]:
    prepare()
    GlobalHydra.instance().clear()
    yield Hydra.create_main_hydra2("train", create_config_search_path(str(conf_dir())))
    GlobalHydra.instance().clear()


@pytest.fixture(scope="module")
def sweep(hydra: Hydra) -> Sweep:
    return context_of(hydra, "trainer.max_epochs=7", "hydra.job.chdir=false")


def context_of(hydra: Hydra, *words: str) -> Sweep:
    master = hydra.compose_config("config", list(words), run_mode=RunMode.MULTIRUN, with_log_configuration=False)
    return HydraContext(config_loader=hydra.config_loader, callbacks=Callbacks(master)), master


def described(config: Container) -> list[tuple[str, object, object, object]]:
    """Return each node of a config with all that OmegaConf knows of it."""
    found: list[tuple[str, object, object, object]] = []
    assert isinstance(config, DictConfig | ListConfig)
    keys: Iterable[Any] = config.keys() if isinstance(config, DictConfig) else range(len(config))
    for key in keys:
        node = config._get_node(key)
        assert node is not None
        assert not isinstance(node, list)
        value = None if isinstance(node, Container) else node._value()
        found.append((node._get_full_key(None), node._metadata.ref_type, dict(node._metadata.flags or {}), value))
        if isinstance(node, Container) and not (node._is_none() or node._is_missing() or node._is_interpolation()):
            found += described(node)
    return found


@pytest.mark.parametrize("job", JOBS, ids=" ".join)
def test_a_job_has_the_config_that_hydra_gives_it(sweep: Sweep, job: list[str]) -> None:
    context, master = sweep
    expected = context.config_loader.load_sweep_config(master, job)
    for _ in range(2):  # the second is made from what the first left
        config = compose_job(context, master, job)
        assert OmegaConf.structural_equality(config, expected)
        assert described(config) == described(expected)


@pytest.mark.parametrize("name", SWEEPS)
def test_a_job_of_a_sweep_file_has_the_config_that_hydra_gives_it(hydra: Hydra, name: str) -> None:
    context, master = context_of(hydra, f"sweep={name}")
    job = [f"sweep={name}", "seed=4"]
    assert described(compose_job(context, master, job)) == described(hydra.config_loader.load_sweep_config(master, job))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_answered_as_by_hydra(sweep: Sweep, mistake: str) -> None:
    context, master = sweep

    def answer(compose: Callable[[list[str]], DictConfig]) -> tuple[type, str]:
        try:
            compose(["seed=3", mistake])
        except Exception as error:
            return type(error), str(error)
        raise AssertionError("composed")

    ours = answer(lambda words: compose_job(context, master, words))
    assert ours == answer(lambda words: context.config_loader.load_sweep_config(master, words))


def test_a_job_may_not_change_the_launcher(sweep: Sweep) -> None:
    context, master = sweep
    with pytest.raises(ConfigCompositionException, match="must be configured before the sweep starts"):
        compose_job(context, master, ["+hydra.launcher.x=1"])


def test_changing_one_jobs_config_leaves_the_next_alone(sweep: Sweep) -> None:
    context, master = sweep
    compose_job(context, master, ["seed=1"]).trainer.max_epochs = 99
    assert compose_job(context, master, ["seed=1"]).trainer.max_epochs == 10


def test_threads_get_their_own_configs(sweep: Sweep) -> None:
    context, master = sweep

    def seed_and_arch(number: int) -> tuple[int, str]:
        config = plain(compose_job(context, master, [f"seed={number}", f"model={('unet', 'fpn')[number % 2]}"]))
        return config["seed"], config["model"]["arch"]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(seed_and_arch, range(40))) == [(n, ("unet", "fpn")[n % 2]) for n in range(40)]


def test_jobs_with_the_same_choices_cost_a_fraction_of_hydras_time(sweep: Sweep) -> None:
    context, master = sweep
    compose_job(context, master, ["model=fpn"])
    started = time.process_time()
    for seed in range(20):
        compose_job(context, master, ["model=fpn", f"seed={seed}", "optimizer.lr=0.1"])
    ours = (time.process_time() - started) / 20
    started = time.process_time()
    context.config_loader.load_sweep_config(master, ["model=fpn", "seed=1", "optimizer.lr=0.1"])
    assert ours < 0.2 * (time.process_time() - started)  # 2 ms against 80 ms
