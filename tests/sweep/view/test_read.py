import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from segsweep.core.errors import SweepViewError
from segsweep.core.files import write_csv
from segsweep.sweep.queue.notes import notes_of
from segsweep.sweep.queue.workers import worker_id
from segsweep.sweep.view.read import Known, read_sweep, view_of
from tests.sweep.view.making import MadeSweep, example, history


def test_a_sweep_shows_each_run_with_its_state_its_epochs_and_its_best_metric(tmp_path: Path) -> None:
    view = example(tmp_path).view()
    seen = [(run.state, run.epoch, run.metric) for run in view.runs]
    assert seen == [
        ("complete", 3, 0.6),
        ("complete", 2, 0.7),
        ("pruned", 1, 0.1),
        ("failed", 0, None),
        ("incompatible", None, None),
        ("running", 2, 0.4),
        ("waiting", None, None),
        ("waiting", None, None),
    ]
    assert view.counts == {"running": 1, "complete": 2, "pruned": 1, "failed": 1, "incompatible": 1, "waiting": 2}
    assert view.runs[3].reason == "[bold] out of memory"
    assert view.runs[0].seconds == 600
    assert view.spent_s > 36 * 60  # 10 + 20 + 1 + 5 min of ended runs


def test_a_run_of_a_grid_says_what_it_will_set_before_it_begins(tmp_path: Path) -> None:
    assert [run.sets for run in example(tmp_path).view().runs[-2:]] == ["model=fpn encoder=resnet18", ""]


def test_of_a_repeated_run_the_newest_counts_and_of_runs_no_longer_planned_none_waits(tmp_path: Path) -> None:
    made = MadeSweep(tmp_path, num_runs=1)
    made.ended({"model": "fpn"}, [], "failed", index=0, reason="lost")
    made.ended({"model": "fpn"}, [0.5], index=0)
    made.waiting(index=1)
    assert [(run.number, run.state) for run in made.view().runs] == [(1, "complete")]


def test_epochs_of_a_running_run_are_read_anew_when_its_history_has_changed(tmp_path: Path) -> None:
    made, known = MadeSweep(tmp_path), Known()
    trial = made.running({"model": "fpn"}, [0.1])
    file = tmp_path / str(notes_of(trial).run) / "history.csv"
    before = view_of(made.study, made.facts, made.folder, known)
    os.utime(file, ns=(0, 0))
    unchanged = file.stat()
    view_of(made.study, made.facts, made.folder, known)
    text = file.read_text()
    file.write_text(text.replace("0.1", "0.9"))  # of the same size, with the same time: not looked at
    os.utime(file, ns=(unchanged.st_atime_ns, unchanged.st_mtime_ns))
    same = view_of(made.study, made.facts, made.folder, known)
    write_csv(file, history([0.1, 0.3]))
    after = view_of(made.study, made.facts, made.folder, known)
    assert [view.runs[0].metric for view in (before, same, after)] == [0.1, 0.1, 0.3]
    assert after.runs[0].epoch == 2


def test_an_ended_run_is_read_once(tmp_path: Path) -> None:
    made, known = example(tmp_path), Known()
    first = view_of(made.study, made.facts, made.folder, known)
    for record in tmp_path.glob("*/record.json"):
        record.unlink()
    again = view_of(made.study, made.facts, made.folder, known)
    assert again.of("complete", "pruned", "failed") == first.of("complete", "pruned", "failed")


def test_a_complete_run_whose_folder_is_gone_keeps_the_value_that_the_study_knows(tmp_path: Path) -> None:
    made = MadeSweep(tmp_path)
    trial = made.ended({"model": "fpn"}, [0.5])
    for file in (folder := tmp_path / str(notes_of(trial).run)).iterdir():
        file.unlink()
    folder.rmdir()
    run = made.view().runs[0]
    assert (run.state, run.metric, run.values, run.seconds) == ("complete", 0.5, (0.5,), None)


def test_a_run_whose_sweep_process_is_dead_waits_again(tmp_path: Path) -> None:
    made = MadeSweep(tmp_path)
    made.running({"model": "unet"}, [0.1], worker=worker_id())
    made.running({"model": "fpn"}, [0.1], worker=f"{socket.gethostname()}:{2**22 + 1}:1.00")
    made.running({"model": "fpn"}, [0.1], worker="elsewhere:1:1.00")
    runs = made.view().runs
    assert [run.state for run in runs] == ["running", "waiting", "running"]
    assert runs[1].reason == "its sweep process is gone"


def test_the_best_of_several_objectives_are_those_that_no_other_beats(tmp_path: Path) -> None:
    made = MadeSweep(tmp_path, objectives={"val/miou": "max", "cost/ms": "min"})
    for miou, milliseconds in ((0.5, 3.0), (0.7, 9.0), (0.6, 4.0), (0.5, 4.0), (0.7, 9.5)):
        made.ended({"model": "fpn"}, [miou], cost={"cost/ms": milliseconds})
    view = made.view()
    assert [run.values for run in view.best()] == [(0.7, 9.0), (0.6, 4.0), (0.5, 3.0)]
    runs = tuple(replace(run, values=run.values[:1]) for run in view.runs)
    single = replace(view, objectives={"val/miou": "max"}, runs=runs)
    assert [run.number for run in single.best()] == [1]  # the earlier of two equal ones


def test_sweeps_in_sqlite_are_read_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDY", f"sqlite:///{tmp_path}/study.db")
    made = MadeSweep(tmp_path, storage=f"sqlite:///{tmp_path}/study.db")
    made.ended({"model": "fpn"}, [0.5])
    replace(made.facts, storage="${oc.env:STUDY}").write(made.folder)
    assert made.view().counts == {"complete": 1}
    monkeypatch.delenv("STUDY")
    with pytest.raises(SweepViewError, match=r"\$\{oc.env:STUDY\}.*Set the variable"):
        made.view()


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("sweep.json", None, "has no sweep.json"),
        ("sweep.json", "{", "sweep.json cannot be read.*repeat the command"),
        ("sweep.json", "[]", "sweep.json cannot be read"),
        ("sweep.json", '{"name": "a"}', "study, storage, command, runs, monitor, mode missing"),
        ("journal.log", None, "journal.log is missing.*No run is lost.*sweep=tune"),
        ("journal.log", "", "holds no study tune-1a2b3c4d.*sweep=tune"),
    ],
)
def test_a_damaged_folder_says_what_is_missing(tmp_path: Path, file: str, content: str | None, words: str) -> None:
    folder = example(tmp_path).folder
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_text(content)
    with pytest.raises(SweepViewError, match=f"(?s){words}"):
        read_sweep(folder)
    assert (folder / file).exists() == (content is not None)  # looking makes nothing
