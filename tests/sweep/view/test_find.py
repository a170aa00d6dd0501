from datetime import UTC, datetime
from pathlib import Path

import pytest

from segsweep.core.errors import SweepViewError
from segsweep.sweep.plan.facts import SweepFacts
from segsweep.sweep.view.find import all_sweeps, find_sweep, namesakes


def sweep(runs: Path, name: str, digits: str, *, day: int = 1) -> Path:
    folder = runs / "sweeps" / f"{name}-{digits}"
    folder.mkdir(parents=True)
    started = datetime(2026, 11, day, tzinfo=UTC)
    facts = SweepFacts(name, folder.name, "journal", "", runs, "val/miou", "max", {"val/miou": "max"}, started=started)
    facts.write(folder)
    return folder


def test_a_sweep_is_found_by_its_path_its_name_or_the_beginning_of_its_name(tmp_path: Path) -> None:
    folder = sweep(tmp_path, "tune_lr", "1a2b3c4d")
    sweep(tmp_path, "seeds", "00000000")
    for name in (str(folder), "tune_lr-1a2b3c4d", "tune_lr", "tu"):
        assert find_sweep(name, tmp_path) == folder


def test_of_several_studies_of_one_sweep_the_newest_is_taken_and_the_others_are_named(tmp_path: Path) -> None:
    old, new = sweep(tmp_path, "tune", "aaaaaaaa", day=1), sweep(tmp_path, "tune", "11111111", day=2)
    longer = sweep(tmp_path, "tune_all", "22222222", day=3)
    assert find_sweep("tune", tmp_path) == new  # not tune_all, of which it is only the beginning
    assert namesakes(new) == [old.name]
    assert namesakes(longer) == []
    assert all_sweeps(tmp_path) == [longer, new, old]


def test_the_beginning_of_different_sweeps_is_refused_with_their_names(tmp_path: Path) -> None:
    sweep(tmp_path, "tune_lr", "1")
    sweep(tmp_path, "tune_all", "2")
    with pytest.raises(SweepViewError, match=r"(?s)2 sweeps have names that begin with tune;.*tune_") as said:
        find_sweep("tune", tmp_path)
    assert {"tune_lr-1", "tune_all-2"} < set(str(said.value).split())


def test_an_unknown_sweep_is_answered_with_the_nearest(tmp_path: Path) -> None:
    sweep(tmp_path, "tune_lr", "1a2b3c4d")
    with pytest.raises(SweepViewError, match=r"tune_rl is neither.*Nearest: tune_lr.*--runs FOLDER"):
        find_sweep("tune_rl", tmp_path)


def test_a_folder_without_a_sweep_says_so(tmp_path: Path) -> None:
    (tmp_path / "sweeps" / "begun").mkdir(parents=True)
    with pytest.raises(SweepViewError, match=r"has no sweep\.json"):
        find_sweep("begun", tmp_path)
