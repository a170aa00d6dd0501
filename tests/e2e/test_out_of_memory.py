"""Runs whose memory runs out, by an error at chosen sizes, and for real."""

import csv
import gc
import json
import os
import subprocess
import sys
import weakref
from pathlib import Path
from typing import Any

import pytest
import torch

from segsweep.models.network import SegmentationModel
from tests.command import ROOT, TINY, Ended, run

# No batch norm, a loss that is a mean over pixels, and fp32: then the gradient of a batch is that of its parts.
WORDS = (
    *TINY,
    "paths.cache=cache",
    "encoder=tu-test_convnext",
    "model.decoder_use_norm=false",
    "loss=cross_entropy",
    "optimizer=sgd",
    "trainer.precision=32",
    "trainer.batch_size=8",
    "data.num_train=20",
    "hardware.eval_batch_size=4",
)


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


class Memory:
    """Runs out at chosen sizes; keeps track of the networks that are in it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.train_images = self.eval_images = 10**6
        self.passes_before = 0
        self.networks: list[weakref.ref[SegmentationModel]] = []
        original, memory = SegmentationModel.forward, self

        def forward(model: SegmentationModel, image: torch.Tensor) -> torch.Tensor:
            if image.is_meta:  # operations are counted
                return original(model, image)
            memory.note(model)
            memory.passes_before -= 1
            fits = memory.train_images if model.training else memory.eval_images
            if len(image) > fits and memory.passes_before < 0:
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
            return original(model, image)

        monkeypatch.setattr(SegmentationModel, "forward", forward)

    def note(self, model: SegmentationModel) -> None:
        if not any(other() is model for other in self.networks):
            gc.collect()
            assert [other() for other in self.networks if other() is not None] == []
            self.networks.append(weakref.ref(model))


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Memory:
    return Memory(monkeypatch)


def trained(*words: str) -> Ended:
    ended = run(*WORDS, *words)
    assert ended.code == 0, ended.err
    return ended


def newest() -> Path:
    return sorted(path for path in Path("runs").iterdir() if path.is_dir())[-1]


def record() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((newest() / "record.json").read_text())
    return content


def history() -> list[dict[str, float]]:
    with (newest() / "history.csv").open() as file:
        return [{key: float(cell) for key, cell in row.items() if cell} for row in csv.DictReader(file)]


COMPARED = ("epoch", "step", "lr", "train/loss", "val/loss")


def test_training_goes_on_from_its_checkpoint_with_the_same_steps_in_smaller_parts(memory: Memory) -> None:
    # 20 images in batches of 8: two batches an epoch, the other 4 images left out, one step for both batches.
    trained("trainer.accumulate_batches=2")
    undisturbed, expected = history(), record()["metrics"]
    memory.networks.clear()
    memory.train_images, memory.passes_before = 3, 2 + 1  # epoch 1: two batches of training, one of validation
    ended = trained("trainer.accumulate_batches=2", "rerun=true", "logger=tensorboard")
    content = record()
    assert content["status"] == "complete"
    told = content["training"]
    assert (told["micro_batch_size"], told["accumulate_batches"]) == (2, 8)
    assert [(event["stage"], event["epoch"], event["micro_batch_size"]) for event in told["out_of_memory"]] == [
        ("training", 2, 8),
        ("training", 2, 4),
    ]
    assert "2 at a time" in told["note"]
    for ours, theirs in zip(history(), undisturbed, strict=True):
        assert [ours[key] for key in COMPARED] == pytest.approx([theirs[key] for key in COMPARED], rel=1e-4)
    assert content["metrics"]["test/loss"] == pytest.approx(expected["test/loss"], rel=1e-3)
    assert "out of memory in training, epoch 2, with 8 images at a time; begins again" in ended.out
    assert len(memory.networks) == 3  # and each was gone before the next came
    assert len(list(newest().glob("tensorboard/events.*"))) == 1  # shown in one go


def test_validation_and_test_halve_only_their_own_batch(memory: Memory) -> None:
    trained()
    expected = record()["metrics"]
    memory.networks.clear()
    memory.eval_images = 1
    trained("rerun=true")
    told = record()["training"]
    assert (told["micro_batch_size"], told["eval_batch_size"]) == (8, 1)
    assert {event["stage"] for event in told["out_of_memory"]} == {"validation"}
    assert "note" not in told
    assert record()["metrics"] == pytest.approx(expected, rel=1e-3, abs=1e-3, nan_ok=True)


def test_a_test_that_does_not_fit_trains_no_epoch_again(memory: Memory) -> None:
    # A learning rate that changes nothing: early stopping ends the training after the second epoch, for good.
    stopping = ("optimizer.lr=1e-20", "scheduler=constant", "trainer.early_stopping_patience=1", "trainer.max_epochs=4")
    memory.eval_images, memory.passes_before = 2, 2 * (2 + 1)  # two batches of training and one of validation, twice
    ended = trained(*stopping)
    assert [event["stage"] for event in record()["training"]["out_of_memory"]] == ["test"]
    assert [line.split()[1] for line in ended.out.splitlines() if " img/s " in line] == ["1/4", "2/4"]
    assert record()["cost"]["train_img_s"] > 0


def test_at_the_least_micro_batch_the_run_fails_with_a_sentence_and_later_begins_anew(memory: Memory) -> None:
    memory.train_images = 0
    ended = run(*WORDS)
    assert ended.code == 1
    assert "Out of memory in training with 2 images of 32x32 at a time" in ended.err
    assert "Traceback" not in ended.err
    assert record()["status"] == "failed"
    assert record()["reason"] in ended.err
    memory.train_images = 8
    trained()
    assert record()["training"]["micro_batch_size"] == 8


LIMITED = """
import resource, sys
from segsweep import train
import albumentations, cv2, segsweep.training.run  # what takes address space by being loaded
taken = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (taken + 900 * 2**20,) * 2)
train.main()
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the size of a process is read from /proc")
def test_an_allocator_that_really_fails_on_the_cpu_ends_in_a_complete_run(tmp_path: Path) -> None:
    # 16 images of 256x256 take about 1.4 GB in a U-Net with resnet18; 4 go.
    size = ("resolution.height=256", "resolution.width=256", "data.num_train=16", "trainer.batch_size=16")
    words = (*TINY, "encoder=resnet18", "paths.cache=cache", "trainer.precision=32", "hardware.num_threads=1")
    ended = subprocess.run(
        [sys.executable, "-c", LIMITED, *words, *size, "hardware.eval_batch_size=1", "trainer.max_epochs=1"],
        cwd=tmp_path,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    told = record()["training"]
    assert told["out_of_memory"][0]["micro_batch_size"] == 16
    assert told["micro_batch_size"] * told["accumulate_batches"] == 16


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_cuda_device_that_really_is_full_ends_in_a_complete_run() -> None:
    total = torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction(min(1.0, 2 * 2**30 / total))
    try:
        size = ("resolution.height=512", "resolution.width=512", "data.num_train=32", "trainer.batch_size=32")
        words = [word for word in TINY if not word.startswith(("hardware.accelerator", "resolution", "data.num_train"))]
        ended = run(*words, *size, "encoder=resnet18", "trainer.precision=32", "hardware.accelerator=cuda")
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert ended.code == 0, ended.err
    told = record()["training"]
    assert told["out_of_memory"][0]["micro_batch_size"] == 32
    assert told["micro_batch_size"] * told["accumulate_batches"] == 32
