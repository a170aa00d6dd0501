import resource
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from segsweep.core.text import first_line
from segsweep.models.sizes import least_batch
from segsweep.schema import Config
from segsweep.training.errors import out_of_memory_at_start, out_of_memory_at_the_least
from segsweep.training.machine.memory import (
    Batches,
    OutOfMemory,
    Sizes,
    Stage,
    forget_sizes,
    is_out_of_memory,
    note_on_micro_batches,
    read_sizes,
)
from tests.compose import compose

TOO_MUCH = 2**50


@pytest.mark.parametrize(
    "take",
    [
        lambda: torch.empty(TOO_MUCH, dtype=torch.uint8),
        lambda: np.ones(TOO_MUCH, dtype=np.uint8),
        lambda: bytearray(TOO_MUCH),
        lambda: cv2.resize(np.zeros((2, 2, 3), dtype=np.uint8), (2**24, 2**24)),
    ],
    ids=["torch", "numpy", "python", "opencv"],
)
def test_memory_that_cannot_be_had_is_told_from_other_errors(take: Any) -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (2**45, before[1]))  # some kernels promise any amount
    try:
        with pytest.raises(Exception) as raised:  # noqa: PT011  # which types there are is the question
            take()
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
    assert is_out_of_memory(raised.value), raised.value
    assert first_line(raised.value)


def test_a_mistake_is_no_lack_of_memory() -> None:
    with pytest.raises(RuntimeError) as raised:
        torch.zeros(2) @ torch.zeros(3)
    assert not is_out_of_memory(raised.value)
    assert not is_out_of_memory(RuntimeError("could not create a primitive descriptor for a convolution"))
    assert is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"))
    assert is_out_of_memory(RuntimeError("could not create a primitive"))


def config(*words: str) -> Config:
    return compose("trainer.batch_size=12", "trainer.accumulate_batches=3", *words)


def batches_of(sizes: Sizes, given: Config, num_devices: int = 1, num_train: int = 100) -> Batches:
    return sizes.batches(given.trainer, given.hardware, num_train=num_train, num_devices=num_devices)


def event(sizes: Sizes, given: Config, stage: Stage = "training", **more: int) -> OutOfMemory:
    return OutOfMemory(stage, 2, batches_of(sizes, given, **more), "CUDA out of memory")


def after(sizes: Sizes, given: Config, stage: Stage = "training", num_devices: int = 1, num_train: int = 100) -> Sizes:
    what = event(sizes, given, stage, num_devices=num_devices, num_train=num_train)
    smaller = sizes.after(what, least=least_batch(given.model, given.resolution, num_devices), num_devices=num_devices)
    assert smaller is not None
    return smaller


def test_the_micro_batch_halves_to_equal_parts_and_the_step_stays_the_same() -> None:
    given, sizes, found = config(), Sizes(), []
    for _ in range(3):
        sizes = after(sizes, given)
        batches = batches_of(sizes, given)
        assert batches.micro_batch_size * batches.accumulate_batches == 12 * 3
        found.append(batches.micro_batch_size)
    assert found == [6, 3, 1]


def test_the_parts_can_be_shared_by_the_devices() -> None:
    sizes = after(Sizes(), config(), num_devices=4)
    assert sizes.micro_batch_size == 4  # of the halves and less of 12, the largest that 4 devices can share


def test_few_images_make_the_batch_that_is_parted() -> None:
    assert after(Sizes(), config("trainer.batch_size=64"), num_train=10).micro_batch_size == 5


def test_evaluation_only_loses_its_own_batch() -> None:
    given = config("hardware.eval_batch_size=7")
    once = after(Sizes(), given, "validation")
    twice = after(once, given, "test")
    assert (once.eval_batch_size, twice.eval_batch_size, twice.micro_batch_size) == (3, 1, None)
    assert [event["stage"] for event in twice.out_of_memory] == ["validation", "test"]
    assert twice.out_of_memory[1]["eval_batch_size"] == 3


@pytest.mark.parametrize(
    ("words", "sizes", "stage", "text"),
    [
        (
            (),
            Sizes(1),
            "training",
            "in training with 1 image of 256x256 at a time, the fewest that go, with model=unet",
        ),
        (("model=pan",), Sizes(2), "training", "in training with 2 images of 256x256"),
        (("resolution.height=32", "resolution.width=32"), Sizes(2), "training", "with 2 images of 32x32"),
        (("trainer.precision=32",), Sizes(1), "training", "a smaller encoder=NAME, trainer.precision=auto."),
        ((), Sizes(eval_batch_size=1), "validation", "in validation with 1 image of 256x256"),
        (
            ("resolution.eval_size=native",),
            Sizes(eval_batch_size=1),
            "test",
            "Try resolution.eval_size=same, a smaller",
        ),
    ],
)
def test_at_the_least_it_fails_with_the_sizes_and_what_to_try(
    words: tuple[str, ...], sizes: Sizes, stage: Stage, text: str
) -> None:
    given = config(*words)
    what = event(sizes, given, stage)
    assert sizes.after(what, least=least_batch(given.model, given.resolution, 1), num_devices=1) is None
    pair = f"model={given.model.arch} encoder={given.encoder.name}"
    said = str(out_of_memory_at_the_least(what, given.resolution, pair, precision=given.trainer.precision))
    assert text in said
    assert "CUDA out of memory" in said


def test_a_network_that_does_not_fit_at_all_is_told_that_smaller_batches_do_not_help() -> None:
    text = str(out_of_memory_at_start("model=unet encoder=senet154", "CUDA out of memory"))
    assert "before the first image, with model=unet encoder=senet154" in text
    assert "smaller batches would not help" in text


def test_a_run_that_goes_on_begins_with_what_it_came_to(tmp_path: Path) -> None:
    assert read_sizes(tmp_path) == Sizes()
    sizes = after(Sizes(), config())
    sizes.write(tmp_path)
    assert read_sizes(tmp_path) == sizes
    forget_sizes(tmp_path)
    assert read_sizes(tmp_path) == Sizes()


def test_sizes_that_no_longer_fit_the_devices_are_passed_over() -> None:
    assert batches_of(Sizes(micro_batch_size=3), config(), num_devices=2).micro_batch_size == 12


def test_only_smaller_batches_are_worth_a_note() -> None:
    assert note_on_micro_batches(Batches(8, 8, 1, 8)) is None
    assert "Batches of 8 images were computed 2 at a time" in str(note_on_micro_batches(Batches(8, 2, 4, 8)))
