"""Sweeps that end when they are settled (sweep.until=settled), of tiny runs."""

import csv
import json
import re
import signal
from pathlib import Path

import pytest

from tests.command import TINY, Ended, run, start

RACE = (
    "-m", "sweep.until=settled", *TINY, "trainer.max_epochs=1", "data.num_val=12", "logger.pictures=false",
    "hardware.num_threads=1", "model=linknet,pspnet", "encoder=resnet18", "model.encoder_depth=3", "sweep.max_seeds=3",
)  # fmt: skip


def race(runs: Path, *words: str) -> Ended:
    """Race in this process, one run after the other."""
    return run(*RACE, "hydra/launcher=basic", f"paths.runs={runs}", *words)


def moments(runs: Path) -> dict[str, int]:
    return {file.parent.name: file.stat().st_mtime_ns for file in runs.glob("*/record.json")}


def decisions(runs: Path) -> list[dict[str, str]]:
    (file,) = runs.glob("sweeps/*/decisions.csv")
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def test_a_race_runs_two_seeds_of_each_then_decides_and_says_why(tmp_path: Path) -> None:
    ended = race(tmp_path, "sweep.margin=0.9")
    assert ended.code == 0
    assert "at least 4, at most 6 runs" in ended.out
    assert "4 of at most 6 runs: 4 complete" in ended.out
    assert [row["decision"] for row in decisions(tmp_path)] == ["equal", "settled"]
    assert re.search(
        r"2 seeds   settled, best is model=\w+: every other is worse, or equal within the margin", ended.out
    )
    seen = run("sweep", "--runs", str(tmp_path), "grid", entry_point="inspect").out
    assert "is equal within the margin" in seen
    before = moments(tmp_path)
    again = race(tmp_path, "sweep.margin=0.9")
    assert moments(tmp_path) == before
    assert "is equal within the margin" not in again.out  # it was said already


def test_a_budget_ends_a_race_which_goes_on_later_as_if_it_had_not(tmp_path: Path) -> None:
    first = race(tmp_path, "sweep.margin=1e-9", "sweep.max_runs=3")
    assert "1 run is left out by sweep.max_runs=3" in first.out
    assert not list(tmp_path.glob("sweeps/*/decisions.csv"))
    race(tmp_path, "sweep.margin=1e-9")
    assert decisions(tmp_path)[-1]["decision"] in ("settled", "not settled")
    alone = tmp_path / "alone"
    race(alone, "sweep.margin=1e-9")
    assert decisions(alone) == decisions(tmp_path)


def test_a_configuration_that_fails_leaves_the_race_with_its_reason(tmp_path: Path) -> None:
    ended = race(tmp_path, "model=linknet", "optimizer.lr=0.001,0.002,1e30", "sweep.margin=0.9")
    assert ended.code == 1
    (out,) = [row for row in decisions(tmp_path) if row["decision"] == "out"]
    assert (out["configuration"], out["reason"][:31]) == ("optimizer.lr=1e+30", "its run failed: The loss is not")
    assert decisions(tmp_path)[-1]["decision"] == "settled"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("seed=0,1", "model=linknet"), "found 1 configuration that can be trained and 2 seeds"),
        (("data.fold=0,1",), "data.fold is swept"),
        (("hydra/sweeper/pruner=median",), "hydra/sweeper/pruner=none"),
        (("hydra/sweeper/sampler=random",), "sweep.until=all"),
        (("sweep.objectives=[val/dice:max,cost/params_m:min]",), "decides by one metric"),
        (("sweep.runs=['loss=dice seed=3']",), "seed is set by sweep.runs"),
    ],
)
def test_what_cannot_be_raced_is_refused_with_what_to_type(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    ended = race(tmp_path, *words)
    assert ended.code == 2
    assert says in ended.err


def test_a_dry_run_says_how_many_runs_there_are_at_least_and_at_most(tmp_path: Path) -> None:
    ended = race(tmp_path, "sweep.dry_run=true", "seed=4,5,6,7")
    assert "At least 4, at most 8 runs; of the first ones: 4 to do" in ended.out
    assert "seed=5 model=pspnet" in ended.out
    assert "seed=6" not in ended.out


@pytest.mark.timeout(240)
def test_two_processes_share_a_race_and_one_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    words = (*RACE, "sweep.margin=1e-9", "hydra.sweeper.n_jobs=1", f"paths.runs={tmp_path}")
    one, two = (start(*words, cwd=tmp_path) for _ in range(2))
    while not moments(tmp_path):
        assert one.poll() is None
    one.send_signal(signal.SIGKILL)
    one.communicate(timeout=60)
    out, _ = two.communicate(timeout=200)
    assert two.returncode == 0, out
    statuses = [json.loads(file.read_text())["status"] for file in tmp_path.glob("*/record.json")]
    assert set(statuses) == {"complete"}
    assert 4 <= len(statuses) <= 6
    assert "settled" in decisions(tmp_path)[-1]["decision"]
