"""Runs that a sweep stops early, in one process and in several."""

import csv
import json
import os
from pathlib import Path
from typing import Any

import optuna
import pytest

from segsweep.sweep.queue.storage import open_storage
from tests.command import TINY, Ended, run

STUDY = "grid-12345678"
WORDS = (*TINY, "paths.cache=cache", "trainer.max_epochs=5")
ITS_OWN = ("hydra/sweeper=queue", "hydra/sweeper/pruner=median", f"sweep.study={STUDY}", "sweep.trial=3")


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def study() -> optuna.Study:
    """A study of three complete trials that nothing here can reach, and of one that runs."""
    storage = open_storage("journal", Path("runs/sweeps") / STUDY)
    made = optuna.create_study(study_name=STUDY, storage=storage, direction="maximize")
    for _ in range(3):
        trial = made.ask()
        for epoch in range(1, 6):
            trial.report(0.99, epoch)
        made.tell(trial, 0.99)
    made.ask()
    return made


def the_run() -> Path:
    (folder,) = (path for path in Path("runs").iterdir() if path.name != "sweeps")
    return folder


def record() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((the_run() / "record.json").read_text())
    return content


def epochs_said(ended: Ended) -> list[str]:
    return [line.split()[1] for line in ended.out.splitlines() if " img/s " in line]


def test_a_pruned_run_is_final_for_its_trial_and_goes_on_when_asked_for_by_itself(study: optuna.Study) -> None:
    ended = run(*WORDS, *ITS_OWN)
    assert ended.code == 0, ended.err
    assert epochs_said(ended) == ["1/5", "2/5", "3/5"]  # the warm-up of median
    content = record()
    assert content["status"] == "pruned"
    last = study.trials[3].intermediate_values
    assert list(last) == [1, 2, 3]
    assert content["reason"] == f"pruned after epoch 3: val/miou {last[3]:.4g}"
    assert content["metrics"]["val/miou"] == max(last.values())
    assert not [name for name in content["metrics"] if name.startswith("test/")]
    assert content["cost"]["epochs"] == content["training"]["epochs_done"] == 3

    again = run(*WORDS, *ITS_OWN)
    assert (again.code, epochs_said(again)) == (0, [])
    assert record() == content

    alone = run(*WORDS)
    assert (alone.code, epochs_said(alone)) == (0, ["4/5", "5/5"])
    assert record()["status"] == "complete"
    with (the_run() / "history.csv").open() as file:
        assert [row["epoch"] for row in csv.DictReader(file)] == ["1", "2", "3", "4", "5"]


# Runs in each process of a run on several devices, before anything else: memory runs out in one of them.
SHORT_OF_MEMORY = """
import os, sys

if "segsweep.training.machine.worker" in sys.orig_argv and "torch.distributed.run" not in sys.orig_argv:
    import torch
    from segsweep.models.network import SegmentationModel

    original = SegmentationModel.forward

    def forward(model, image):
        if model.training and os.environ["RANK"] == "1" and len(image) > 1 and not image.is_meta:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return original(model, image)

    SegmentationModel.forward = forward
"""


def test_several_processes_begin_again_together_when_memory_runs_out_and_are_pruned_together(
    study: optuna.Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "first").mkdir()
    (tmp_path / "first" / "sitecustomize.py").write_text(SHORT_OF_MEMORY)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "first"), os.environ.get("PYTHONPATH", "")]))
    words = ("encoder=tu-test_convnext", "model.decoder_use_norm=false", "resolution.height=64", "resolution.width=64")
    ended = run(*WORDS, *ITS_OWN, *words, "hardware.devices=2")
    assert ended.code == 0, ended.err
    content = record()
    assert content["status"] == "pruned"
    assert list(study.trials[3].intermediate_values) == [1, 2, 3]
    told = content["training"]
    assert (told["micro_batch_size"], told["accumulate_batches"]) == (2, 2)
    assert [(event["stage"], event["epoch"]) for event in told["out_of_memory"]] == [("training", 1)]


FAILING = """
import os, sys

if "segsweep.training.machine.worker" in sys.orig_argv and "torch.distributed.run" not in sys.orig_argv:
    from segsweep.core.errors import TrainingError
    from segsweep.models.network import SegmentationModel

    original = SegmentationModel.forward

    def forward(model, image):
        if model.training and os.environ["RANK"] == "1" and not image.is_meta:
            raise TrainingError("the second process has a reason")
        return original(model, image)

    SegmentationModel.forward = forward
"""


def test_the_reason_of_whichever_process_failed_is_the_run_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "first").mkdir()
    (tmp_path / "first" / "sitecustomize.py").write_text(FAILING)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "first"), os.environ.get("PYTHONPATH", "")]))
    ended = run(*WORDS, "hardware.devices=2")
    assert ended.code == 1
    assert record()["status"] == "failed"
    assert record()["reason"] == "the second process has a reason"
    assert "the second process has a reason" in ended.err
