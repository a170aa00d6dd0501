"""When a finished run stands for the one that is asked for: on the same data, and with what differs said."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.command import TINY, Ended, run
from tests.data.making import save, save_pair

pytestmark = pytest.mark.e2e


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where the commands are typed, with a set of five images."""
    monkeypatch.chdir(tmp_path)
    masks = np.random.default_rng(0).integers(0, 3, (5, 32, 32))
    for split, number in (("train", 0), ("train", 1), ("train", 2), ("train", 3), ("val", 4)):
        save_pair(tmp_path / "set", split, f"{number}", masks[number])
    return tmp_path


ON_FILES = (
    "data=folder",
    "data.root=set",
    "encoder.weights=null",
    "resolution=32x32",
    "trainer.batch_size=2",
    "trainer.max_epochs=1",
    "hardware.accelerator=cpu",
    "hardware.num_workers=0",
    "logger.pictures=false",
    "paths.cache=cache",
)
ON_SHAPES = (*TINY, "trainer.max_epochs=1", "logger.pictures=false", "encoder.weights=null", "paths.cache=cache")


def sweep(*words: str) -> Ended:
    return run("-m", "hydra/launcher=basic", *words)


def records(home: Path) -> dict[str, dict[str, Any]]:
    return {file.parent.name: json.loads(file.read_text()) for file in sorted(home.glob("runs/*/record.json"))}


def test_a_sweep_refuses_runs_on_other_data_and_trains_them_beside_where_it_is_told_to(home: Path) -> None:
    assert run(*ON_FILES, "seed=0").code == 0
    save_pair(home / "set", "val", "new", np.zeros((32, 32)))
    refused = sweep(*ON_FILES, "seed=0,1")
    assert refused.code == 2
    (old,) = records(home)
    assert "1 run of this sweep cannot be taken as they are." in refused.err
    assert f"{old}\n" in refused.err
    assert "rerun=changed" in refused.err
    assert "1 on other data, 1 to do" in sweep(*ON_FILES, "seed=0,1", "sweep.dry_run=true").out
    assert len(records(home)) == 1
    trained = sweep(*ON_FILES, "seed=0,1", "rerun=changed")
    assert "2 runs: 2 complete" in trained.out
    found = records(home)
    assert {f"{old}.2", old} < set(found)
    assert len(found) == 3
    assert len({record["data"]["content_fingerprint"] for name, record in found.items() if name != old}) == 1
    again = sweep(*ON_FILES, "seed=0,1", "rerun=changed")
    assert "2 runs: 2 complete" in again.out
    assert records(home) == found
    assert sweep(*ON_FILES, "seed=0,1").code == 0  # the newest of each is on the data of today


def test_images_that_were_inverted_in_place_are_other_data(home: Path) -> None:
    for file in (home / "set").rglob("images/*.png"):
        save(file, np.asarray(Image.open(file)), compress_level=0)
    assert run(*ON_FILES).code == 0
    for file in (home / "set").rglob("images/*.png"):
        before = file.stat()
        save(file, 255 - np.asarray(Image.open(file)), compress_level=0)
        assert file.stat().st_size == before.st_size
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    refused = run(*ON_FILES)
    assert refused.code == 2
    assert "what files in data.root hold has changed since it began, at the same names and sizes" in refused.err
    assert run(*ON_FILES, "rerun=true").code == 0
    old, new = records(home).values()
    assert old["data"]["fingerprint"] == new["data"]["fingerprint"]
    assert old["data"]["content_fingerprint"] != new["data"]["content_fingerprint"]


def test_a_search_does_not_rank_runs_on_other_data(home: Path) -> None:
    search = ("hydra/sweeper/sampler=random", "hydra.sweeper.sampler.seed=1", "optimizer.lr=interval(0.0001,0.01)")
    assert sweep(*ON_FILES, *search, "hydra.sweeper.n_trials=1").code == 0
    save_pair(home / "set", "val", "new", np.zeros((32, 32)))
    refused = sweep(*ON_FILES, *search, "hydra.sweeper.n_trials=2")
    assert refused.code == 2
    assert "rerun=changed" in refused.err
    trained = sweep(*ON_FILES, *search, "hydra.sweeper.n_trials=2", "rerun=changed")
    assert "2 runs: 2 complete" in trained.out
    counts = [record["data"]["num_images"]["val"] for record in records(home).values()]
    assert sorted(counts) == [1, 2, 2]


def test_a_run_of_other_versions_is_taken_with_a_line_and_trained_again_only_where_something_differs(
    home: Path,
) -> None:
    assert sweep(*ON_SHAPES, "seed=0,1").code == 0
    assert "rerun=changed" not in sweep(*ON_SHAPES, "seed=0,1").out
    first = next(name for name, record in records(home).items() if record["config"]["seed"] == 0)
    file = home / "runs" / first / "record.json"
    record = json.loads(file.read_text())
    record["environment"]["packages"]["torch"] = "1.0"
    file.write_text(json.dumps(record))
    single = run(*ON_SHAPES, "seed=0")
    assert single.code == 0
    assert "This run was trained with another state of: torch 1.0 (now " in single.out
    assert "complete" in single.out
    taken = sweep(*ON_SHAPES, "seed=0,1")
    assert taken.out.count("trained with another state of: torch 1.0") == 1
    assert "in 1 run. To train again beside: rerun=changed" in taken.out
    assert len(records(home)) == 2
    assert "2 runs: 2 complete" in sweep(*ON_SHAPES, "seed=0,1", "rerun=changed").out
    assert f"{first}.2" in records(home)
    assert len(records(home)) == 3
    assert run(*ON_SHAPES, "seed=0", "rerun=changed").code == 0
    assert len(records(home)) == 3


def test_a_file_of_weights_that_was_changed_is_said(home: Path) -> None:
    import timm
    import torch

    words = (*ON_SHAPES, "encoder=tu-test_byobnet", "encoder.weights=weights.pth")
    weights = timm.create_model("test_byobnet").state_dict()
    torch.save(weights, "weights.pth")
    assert run(*words).code == 0
    assert "trained with another state" not in run(*words).out
    torch.save({name: tensor + 1 for name, tensor in weights.items()}, "weights.pth")
    assert "another state of: the content of encoder.weights." in run(*words).out
    assert run(*words, "rerun=changed").code == 0
    digests = {record["training"]["encoder_weights"] for record in records(home).values()}
    assert len(digests) == 2
