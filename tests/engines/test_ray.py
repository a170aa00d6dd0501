from pathlib import Path

from tests.engines.ray_nodes import NO_TOKEN, RayNodes, kill_tree
from tests.engines.sweeping import UNAIDED, WITHIN_S, Sweep, expect_every_run_once, training, until, went_on
from tests.plugin import WORDS, write_plugin


def test_a_grid_on_two_ray_nodes_is_complete_after_one_of_them_died(ray_nodes: RayNodes, tmp_path: Path) -> None:
    nodes = [ray_nodes.add(num_cpus=1), ray_nodes.add(num_cpus=1)]
    takes = ("hydra.launcher.ray.remote.num_cpus=1", "hydra.launcher.ray.remote.num_gpus=0")
    words = ("hydra/launcher=ray_cluster", *takes, "model=linknet", "seed=0,1,2", *WORDS)
    write_plugin(tmp_path)
    sweep = Sweep(*words, cwd=tmp_path, env={**ray_nodes.environment, **UNAIDED})
    runs = tmp_path / "runs"
    lost, process = training(runs)
    (node,) = (node for node in nodes if node in process.parents())
    kill_tree(node.pid)
    said = sweep.ended()
    expect_every_run_once(runs, 3)
    assert f"again   {lost}   the Ray node that it ran on is gone" in said
    assert went_on(runs, lost)


def test_what_no_node_of_the_cluster_has_is_said_before_the_runs_wait_for_it(
    ray_nodes: RayNodes, tmp_path: Path
) -> None:
    sweep = Sweep("hydra/launcher=ray_cluster", "seed=0,1", cwd=tmp_path, env=ray_nodes.environment)
    try:
        until(lambda: "has what a run asks for (CPU 4, GPU 1); they have CPU 0, GPU 0" in sweep.said, "the warning")
    finally:
        sweep.process.kill()
        sweep.process.wait()


IMPATIENT = {"RAY_NUM_REDIS_GET_RETRIES": "2"}
"""Ray tries to connect so often, once a second; 20 times by default."""


def test_a_cluster_that_asks_for_a_token_says_what_must_be_the_same(ray: type[RayNodes], tmp_path: Path) -> None:
    nodes = ray({"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "0" * 64})
    try:
        nodes.start_head()
        sweep = Sweep(
            "hydra/launcher=ray_cluster", "seed=0,1", cwd=tmp_path, env={**nodes.environment, **NO_TOKEN, **IMPATIENT}
        )
        assert sweep.process.wait(WITHIN_S) == 2
        assert "does not let this sweep in" in sweep.said
        assert "RAY_AUTH_MODE, with its token, as it was for ray start" in sweep.said
    finally:
        nodes.stop()
