"""Sweeps as a user runs them: what was asked for is run once, whatever happens on the way."""

import json
import signal
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from segsweep.core.files import read_csv
from segsweep.runs.folder import LAST_CHECKPOINT
from segsweep.sweep.plan.facts import read_facts
from segsweep.sweep.queue.notes import notes_of
from segsweep.sweep.queue.storage import load_study, open_storage
from tests.command import TINY, Ended, run, start

QUICK = (*TINY, "trainer.max_epochs=1")
NAN = "optimizer.lr=1e30"


def sweep(runs: Path, *words: str) -> Ended:
    """Run a sweep in this process, one run after the other."""
    return run("-m", *QUICK, "hydra/launcher=basic", f"paths.runs={runs}", *words)


def records(runs: Path) -> dict[str, dict[str, Any]]:
    return {file.parent.name: json.loads(file.read_text()) for file in sorted(runs.glob("*/record.json"))}


def moments(runs: Path) -> dict[str, int]:
    return {file.parent.name: file.stat().st_mtime_ns for file in runs.glob("*/record.json")}


def statuses(runs: Path) -> list[str]:
    return sorted(record["status"] for record in records(runs).values())


def test_a_grid_is_run_once_and_a_larger_one_adds_what_is_new(tmp_path: Path) -> None:
    first = sweep(tmp_path, "seed=0,1")
    assert first.code == 0
    assert "2 runs: 2 complete" in first.out
    before = moments(tmp_path)
    assert sweep(tmp_path, "seed=0,1").code == 0
    assert moments(tmp_path) == before
    larger = sweep(tmp_path, "seed=0,1,2")
    assert "3 runs: 3 complete" in larger.out
    assert len(moments(tmp_path)) == 3
    assert before.items() <= moments(tmp_path).items()


def test_a_run_that_fails_leaves_the_others_alone_and_is_tried_again_by_the_same_command(tmp_path: Path) -> None:
    words = ("seed=0", f"optimizer.lr=0.001,{NAN.partition('=')[2]}")
    ended = sweep(tmp_path, *words)
    assert ended.code == 1
    assert "2 runs: 1 complete, 1 failed" in ended.out
    assert "The loss is not finite since training batch" in ended.out
    assert "train.log" in ended.out
    assert statuses(tmp_path) == ["complete", "failed"]
    before = moments(tmp_path)
    assert sweep(tmp_path, *words).code == 1
    changed = [name for name, moment in moments(tmp_path).items() if moment != before[name]]
    assert [records(tmp_path)[name]["status"] for name in changed] == ["failed"]


def test_combinations_that_cannot_be_trained_are_named_first_and_left_out(tmp_path: Path) -> None:
    ended = sweep(tmp_path, "model=unet,deeplabv3plus", "encoder=vgg11")
    assert ended.code == 0
    assert ended.out.index("1 of 2 combinations cannot be trained") < ended.out.index("sweep grid-")
    assert "2 runs: 1 complete, 1 incompatible" in ended.out


def test_a_budget_ends_a_sweep_and_says_what_is_left(tmp_path: Path) -> None:
    ended = sweep(tmp_path, "seed=0,1,2", "sweep.max_runs=1")
    assert ended.code == 0
    assert "2 runs are left out by sweep.max_runs=1" in ended.out
    assert len(records(tmp_path)) == 1
    ended = sweep(tmp_path, "seed=0,1,2", "sweep.max_hours=0")
    assert len(records(tmp_path)) == 1
    ended = sweep(tmp_path, f"optimizer.lr={NAN.partition('=')[2]}", "seed=3,4,5", "sweep.max_failures=1")
    assert ended.code == 1
    assert statuses(tmp_path) == ["complete", "failed"]


def test_the_truth_lies_in_the_folders(tmp_path: Path) -> None:
    run(*QUICK, f"paths.runs={tmp_path}", "seed=1")
    alone = moments(tmp_path)
    assert sweep(tmp_path, "seed=0,1").code == 0
    assert alone.items() <= moments(tmp_path).items()
    gone = next(name for name in moments(tmp_path) if name not in alone)
    (tmp_path / gone).rename(tmp_path / "moved")
    assert sweep(tmp_path, "seed=0,1").code == 0
    assert (tmp_path / gone / "record.json").exists()


def test_a_search_ends_at_the_number_asked_for_and_a_new_space_takes_over_what_it_shares(tmp_path: Path) -> None:
    search = ("hydra/sweeper/sampler=random", "hydra.sweeper.sampler.seed=1", "hydra.sweeper.n_trials=3")
    axes = ("optimizer.lr=tag(log,interval(0.0001,0.01))",)
    assert sweep(tmp_path, *search, *axes, "sweep.max_runs=2").code == 0
    assert len(records(tmp_path)) == 2
    ended = sweep(tmp_path, *search, *axes)
    assert "3 runs: 3 complete" in ended.out
    rates = {record["config"]["optimizer"]["lr"] for record in records(tmp_path).values()}
    assert len(rates) == 3  # going on does not draw the first ones again
    before = moments(tmp_path)
    wider = sweep(tmp_path, *search[:2], "hydra.sweeper.n_trials=4", "optimizer.lr=tag(log,interval(0.0001,0.1))")
    assert "4 runs: 4 complete" in wider.out
    assert len(moments(tmp_path)) == 4
    assert before.items() <= moments(tmp_path).items()


def test_a_pruner_compares_the_objective_also_of_runs_that_are_reused_or_taken_over(tmp_path: Path) -> None:
    """The monitored val/miou, up to 1, stood as val/loss of reused runs, and better ones were pruned against it."""
    ended = run(*QUICK, f"paths.runs={tmp_path}", "optimizer.lr=0.001")
    assert ended.code == 0, ended.err
    search = ("hydra/sweeper=queue", "hydra/sweeper/pruner=median", "sweep.objectives=[val/loss:min]")
    sampler = ("hydra/sweeper/sampler=random", "hydra.sweeper.n_trials=2")
    assert sweep(tmp_path, *search, "optimizer.lr=0.001,0.002").code == 0
    assert sweep(tmp_path, *search, *sampler, "optimizer.lr=0.001,0.002", "sweep.name=wide").code == 0
    assert sweep(tmp_path, *search, *sampler, "optimizer.lr=0.001,0.002,0.003", "sweep.name=wide").code == 0
    for facts in (read_facts(folder) for folder in (tmp_path / "sweeps").iterdir() if folder.is_dir()):
        study = load_study(open_storage("journal", tmp_path / "sweeps" / facts.study), facts.study)
        assert {trial.state.name for trial in study.trials} == {"COMPLETE"}
        for trial in study.trials:
            (history,) = read_csv(tmp_path / str(notes_of(trial).run) / "history.csv")
            assert trial.intermediate_values == {1: history["val/loss"]}


def test_an_objective_on_test_is_refused_before_anything_runs_unless_insisted_on(tmp_path: Path) -> None:
    words = ("seed=0,1", "sweep.objectives=[test/dice:max]")
    refused = sweep(tmp_path, *words)
    assert refused.code == 2
    assert "would choose by the test images" in refused.err + refused.out
    assert not records(tmp_path)
    assert sweep(tmp_path, *words, "sweep.allow_test_objective=true", "sweep.dry_run=true").code == 0


def test_a_dry_run_of_a_search_says_how_many_are_left(tmp_path: Path) -> None:
    search = ("hydra/sweeper/sampler=random", "hydra.sweeper.n_trials=3", "optimizer.lr=interval(0.001,0.01)")
    assert "in all, proposed by RandomSampler: none begun" in sweep(tmp_path, *search, "sweep.dry_run=true").out
    sweep(tmp_path, *search, "sweep.max_runs=1")
    ended = sweep(tmp_path, *search, "sweep.dry_run=true")
    assert "RandomSampler: 1 complete, 2 waiting" in ended.out
    assert "for 2 runs one after the other" in ended.out


def test_a_dry_run_says_what_is_done_what_would_run_and_what_cannot(tmp_path: Path) -> None:
    sweep(tmp_path, "model=unet", "encoder=vgg11", "seed=0,1", "sweep.max_runs=1")
    before = moments(tmp_path)
    ended = sweep(tmp_path, "model=unet,deeplabv3plus", "encoder=vgg11", "seed=0,1", "sweep.dry_run=true")
    assert ended.code == 0
    assert "4 runs: 1 complete, 1 to do, 2 impossible" in ended.out
    assert "Cost: about" in ended.out
    assert moments(tmp_path) == before


def test_hydras_own_sweeper_and_optunas_still_work(tmp_path: Path) -> None:
    assert sweep(tmp_path, "hydra/sweeper=basic", "seed=0,1").code == 0
    optuna = ("hydra/sweeper=optuna", "hydra.sweeper.direction=maximize", "hydra.sweeper.n_jobs=1")
    assert sweep(tmp_path, *optuna, "hydra.sweeper.n_trials=2", "seed=choice(1,2)").code == 0
    assert set(statuses(tmp_path)) == {"complete"}


def wait_for(happened: Any, *, seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def started(runs: Path) -> list[Path]:
    return [path.parent.parent for path in runs.glob(f"*/{LAST_CHECKPOINT}")]


LONG = (*TINY, "trainer.max_epochs=4000", "seed=0,1")


def test_ctrl_c_stops_the_runs_which_go_on_later(tmp_path: Path) -> None:
    process = start("-m", *LONG, "hydra.sweeper.n_jobs=2", f"paths.runs={tmp_path}", cwd=tmp_path)
    wait_for(lambda: len(started(tmp_path)) == 2)
    members = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=240)
    assert process.returncode == 130, out
    assert "Traceback" not in out
    assert "2 runs are waiting" in out
    assert "The same command goes on: python -m segsweep.train -m" in out
    assert statuses(tmp_path) == ["interrupted", "interrupted"]
    assert psutil.wait_procs(members, timeout=60)[1] == []  # the server of the runs ends a moment after the sweep


def test_a_run_over_its_time_fails_with_that_reason_and_goes_on_when_the_command_is_repeated(tmp_path: Path) -> None:
    words = ("-m", *LONG, "seed=0,1", "sweep.max_runs=1", "hydra.launcher.timeout_min=0.1", f"paths.runs={tmp_path}")
    process = start(*words, cwd=tmp_path)
    out, _ = process.communicate(timeout=240)
    assert process.returncode == 1, out
    (ended,) = records(tmp_path).values()
    assert (ended["status"], ended["reason"]) == ("failed", "exceeded 0.1 min (hydra.launcher.timeout_min)")
    assert ended["training"]["epochs_done"] > 0


@pytest.mark.timeout(600)
def test_a_run_that_is_killed_goes_on_from_its_checkpoint_while_the_other_is_not_disturbed(tmp_path: Path) -> None:
    words = ("-m", *LONG, "trainer.max_epochs=24", "hydra.sweeper.n_jobs=2", f"paths.runs={tmp_path}")
    process = start(*words, cwd=tmp_path)
    wait_for(lambda: len(started(tmp_path)) == 2)
    victim, other = (int((folder / ".lock").read_text().split()[1]) for folder in started(tmp_path))
    psutil.Process(victim).kill()
    out, _ = process.communicate(timeout=240)
    assert process.returncode == 0, out
    assert "killed by signal 9" in out
    assert "going on from" in "".join((folder / "train.log").read_text() for folder in started(tmp_path))
    assert statuses(tmp_path) == ["complete", "complete"]
    assert other != victim
