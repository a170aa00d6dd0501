import socket
from dataclasses import replace
from pathlib import Path

import pytest

from segsweep.sweep.view.summary import last_lines
from tests.command import run
from tests.sweep.view.making import MadeSweep, example


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_last_lines_tell_the_best_the_failures_what_is_left_and_what_to_type() -> None:
    view = example(Path.cwd() / "runs").view()
    assert last_lines(replace(view, runs=(*view.runs[:5], *view.runs[6:])), left_out_by="sweep.max_runs=4") == (
        "8 runs: 2 complete, 1 pruned, 1 failed, 1 incompatible, 2 waiting   36 min 0 s of runs\n"
        "best:\n"
        "  fpn-resnet18-00000001   val/miou 0.7000   20 min 0 s   3.1 GiB   "
        "model=fpn encoder=resnet18 optimizer.lr=0.01\n"
        "  unet-resnet18-00000000   val/miou 0.6000   10 min 0 s   3.1 GiB   "
        "model=unet encoder=resnet18 optimizer.lr=0.001\n"
        "  failed  unet-resnet18-00000003   [bold] out of memory; see runs/unet-resnet18-00000003/train.log   "
        "model=unet encoder=resnet18 optimizer.lr=0.1\n"
        "  1 combination cannot be trained:\n"
        "    model=deeplabv3plus encoder=resnet18: deeplabv3plus refuses it\n"
        "2 runs are left out by sweep.max_runs=4:\n"
        "  model=fpn encoder=resnet18\n"
        "The same command goes on: python -m segsweep.train sweep=tune\n"
        "All runs: python -m segsweep.inspect sweep tune-1a2b3c4d"
    )


def test_failures_alone_are_tried_again_and_a_whole_sweep_needs_nothing() -> None:
    view = example(Path.cwd() / "runs").view()
    failed, whole = replace(view, runs=view.runs[:4]), replace(view, runs=view.runs[:3])
    assert "The same command tries again what failed: python" in last_lines(failed)
    assert "same command" not in last_lines(whole)
    assert "same command" not in last_lines(view)  # somebody works on it


def test_the_pictures_are_named_where_there_are_some() -> None:
    made = example(Path.cwd() / "runs")
    (made.folder / "plots").mkdir()
    assert last_lines(made.view()).splitlines()[-2] == "Plots: runs/sweeps/tune-1a2b3c4d/plots"


def test_of_several_objectives_the_front_is_shown_with_all_values() -> None:
    made = MadeSweep(Path.cwd() / "elsewhere", objectives={"val/miou": "max", "cost/ms": "min"})
    for miou, milliseconds in ((0.7, 9.0), (0.6, 4.0), (0.5, 5.0)):
        made.ended({"model": "fpn"}, [miou], cost={"cost/ms": milliseconds})
    lines = last_lines(made.view()).splitlines()
    assert lines[1] == "2 of 3 complete runs are beaten by no other:"
    assert lines[2].startswith("  fpn-resnet18-00000000   val/miou 0.7000   cost/ms 9.0000   5 min 0 s")
    assert lines[-1] == "All runs: python -m segsweep.inspect sweep tune-1a2b3c4d --runs elsewhere"


def test_inspect_sweep_shows_the_best_run_first_and_what_each_run_sets() -> None:
    example(Path("runs"))
    ended = run("sweep", "tune", entry_point="inspect")
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert lines[0].startswith("tune-1a2b3c4d   began 2026-11-20 ")
    assert lines[1] == "python -m segsweep.train sweep=tune"
    assert lines[3].split() == ["model", "encoder", "lr", "val/miou", "epochs", "time", "state"]
    rows = [line.split() for line in lines[4:11]]
    assert rows[0] == ["1", "fpn", "resnet18", "0.01", "0.7000", "2/10", "20", "min", "0", "s", "complete"]
    assert [(row[0], row[-1]) for row in rows] == [
        ("1", "complete"),
        ("0", "complete"),
        ("5", "running"),
        ("2", "pruned"),
        ("3", "failed"),
        ("4", "incompatible"),
        ("6", "waiting"),
    ]
    assert "[bold] out of memory; see runs/unet-resnet18-00000003/train.log" in ended.out
    assert "All runs:" not in ended.out


def test_inspect_sweep_in_markdown_is_a_table_and_nothing_else() -> None:
    example(Path("runs"))
    lines = run("sweep", "tune", "--markdown", entry_point="inspect").out.splitlines()
    assert lines[0] == "|  | model | encoder | lr | val/miou | epochs | time | state |"
    assert lines[2] == "| 1 | fpn | resnet18 | 0.01 | 0.7000 | 2/10 | 20 min 0 s | complete |"
    assert len(lines) == 2 + 7


def test_inspect_sweep_without_a_name_lists_the_sweeps_also_damaged_ones() -> None:
    made = example(Path("runs"))
    MadeSweep(Path("runs"), name="seeds", study_name="seeds-2", started="2026-11-21T00:00:00+00:00")
    damaged = MadeSweep(Path("runs"), name="old", study_name="old-3", started="2026-01-01T00:00:00+00:00")
    (damaged.folder / "journal.log").unlink()
    lines = run("sweep", entry_point="inspect").out.splitlines()
    assert [line.split()[0] for line in lines] == ["sweep", "seeds-2", made.study_name, "old-3"]
    assert "none begun" in lines[1]
    assert "1 running, 2 complete, 1 pruned" in lines[2]
    assert "journal.log is missing" in lines[3]


def test_inspect_sweep_tells_which_runs_lost_their_process() -> None:
    made = MadeSweep(Path("runs"))
    made.running({"model": "fpn"}, worker=f"{socket.gethostname()}:{2**22 + 1}:1.00")
    out = run("sweep", "tune", entry_point="inspect").out
    assert "run 0 (model=fpn): its sweep process is gone" in out
    assert "The same command goes on: python -m segsweep.train sweep=tune" in out


def test_inspect_sweep_tells_of_folders_that_are_gone_and_of_other_sweeps_of_that_name() -> None:
    made = example(Path("runs"))
    MadeSweep(Path("runs"), study_name="tune-00000000", started="2026-01-01T00:00:00+00:00")
    (Path("runs") / "fpn-resnet18-00000001").rename("moved")
    out = run("sweep", made.study_name, entry_point="inspect").out
    assert "1 folder of finished runs is gone: fpn-resnet18-00000001" in out
    assert "Older or changed sweeps of this name: tune-00000000" in out


def test_without_any_sweep_the_answer_is_how_to_start_one() -> None:
    ended = run("sweep", entry_point="inspect")
    assert ended.code == 2
    assert "No sweep lies in runs/sweeps. Start one: python -m segsweep.train -m" in ended.err


def test_settings_that_share_their_last_part_keep_their_whole_key() -> None:
    made = MadeSweep(Path("runs"))
    made.waiting({"encoder.depth": "4", "model.depth": "3", "seed": "1"})
    header = run("sweep", "tune", entry_point="inspect").out.splitlines()[3]
    assert header.split()[:6] == ["model", "encoder", "lr", "encoder.depth", "model.depth", "seed"]
