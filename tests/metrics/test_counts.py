"""Counting pixels: by hand, in every memory layout, and beyond what float32 can count."""

import pytest
import torch

from segsweep.core.errors import LabelError
from segsweep.core.task import IGNORE, Task
from segsweep.metrics.channels import above_zero, count_batch, count_channels
from segsweep.metrics.counts import PixelCounts, add_ones, count_pixels, histogram
from segsweep.metrics.evaluator import Evaluator
from segsweep.metrics.scores import outcomes_of_classes, score_classes

BINARY = Task("binary", ("background", "cell"))
MULTICLASS = Task("multiclass", ("sky", "road", "car"))
MULTILABEL = Task("multilabel", ("bone", "nail"))


def test_rows_are_truth_and_columns_are_prediction() -> None:
    truth = torch.tensor([[[0, 1, 1, 2]]])
    guess = torch.tensor([[[0, 1, 2, 2]]])
    assert count_pixels(guess, truth, num_classes=3).tolist() == [[1, 0, 0], [0, 1, 1], [0, 0, 1]]


def test_iou_pools_the_pixels_of_all_images_before_dividing() -> None:
    truth = torch.tensor([[[1, 1, 1, 1]], [[1, 0, 0, 0]]])
    guess = torch.tensor([[[1, 1, 1, 1]], [[0, 1, 0, 0]]])
    counts = count_pixels(guess, truth, num_classes=2)
    assert score_classes(outcomes_of_classes(counts))["iou"][1] == pytest.approx(4 / 6)  # per image: (4/4 + 0/2) / 2


@pytest.mark.parametrize("ignore_index", [255, -100, 0])
def test_unlabelled_pixels_are_not_counted_whatever_marks_them(ignore_index: int) -> None:
    truth = torch.tensor([[[1, ignore_index, ignore_index, 2]]])
    guess = torch.tensor([[[1, 1, 2, 1]]])
    counts = count_pixels(guess, truth, num_classes=3, ignore_index=ignore_index)
    assert counts.tolist() == [[0, 0, 0], [0, 1, 0], [0, 1, 0]]


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int32, torch.int64])
@pytest.mark.parametrize("num_classes", [2, 127, 128, 255])
def test_the_largest_class_is_counted_for_every_number_of_classes(num_classes: int, dtype: torch.dtype) -> None:
    top = torch.full((1, 1, 2), num_classes - 1, dtype=dtype)
    assert count_pixels(top, top, num_classes=num_classes)[-1, -1] == 2


def test_a_truth_that_is_no_class_is_refused_with_the_values() -> None:
    truth = torch.tensor([[[0, 7, 5, 255]]])
    message = "The truth holds 5, 7, but 3 classes accept 0 to 2, and 255 for unlabelled pixels. Try data.num_classes=8"
    with pytest.raises(LabelError, match=message):
        count_pixels(torch.zeros_like(truth), truth, num_classes=3)


@pytest.mark.parametrize("value", [-1, 3])
def test_a_prediction_that_is_no_class_is_refused(value: int) -> None:
    truth = torch.tensor([[[0, 1]]])
    with pytest.raises(ValueError, match="outside the 3 classes"):
        count_pixels(torch.tensor([[[0, value]]]), truth, num_classes=3)


def test_the_two_ways_to_count_codes_agree() -> None:
    codes = torch.randint(0, 512, (10_000,), dtype=torch.int16, generator=torch.Generator().manual_seed(0))
    assert torch.equal(add_ones(codes, 600), histogram(codes, 600))


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
def test_the_two_ways_to_count_channels_agree(dtype: torch.dtype, layout: torch.memory_format) -> None:
    logits = (
        torch.randn(3, 4, 5, 7, generator=torch.Generator().manual_seed(0)).to(dtype).contiguous(memory_format=layout)
    )
    truth = torch.tensor([0, 1, IGNORE], dtype=torch.uint8)[torch.randint(0, 3, logits.shape)]
    assert torch.equal(count_channels(logits, truth), count_batch(logits, truth))
    cropped = logits[..., :4, :6]  # no memory of its own
    assert above_zero(cropped[0]).tolist() == (cropped[0] > 0).flatten(1).tolist()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_neither_zero_is_above_zero(dtype: torch.dtype) -> None:
    logits = torch.tensor([0.0, -0.0, 1e-7, -1e-7], dtype=dtype).view(1, 2, 2)
    assert above_zero(logits).tolist() == [[False, False, True, False]]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("task", [BINARY, MULTICLASS, MULTILABEL], ids=lambda task: task.kind)
def test_a_cuda_device_counts_like_the_cpu_without_being_waited_for(task: Task) -> None:
    logits, indices = torch.randn(2, task.num_outputs, 9, 7), torch.tensor([1, 0])
    truth = torch.randint(0, 2, logits.shape if task.kind == "multilabel" else (2, 9, 7), dtype=torch.uint8)
    on_cpu, on_cuda = Evaluator(task), Evaluator(task).cuda()
    on_cpu.update(logits, truth, indices)
    logits, truth, indices = logits.cuda(), truth.cuda(), indices.cuda()
    torch.cuda.set_sync_debug_mode("error")
    try:
        on_cuda.update(logits, truth, indices)
    finally:
        torch.cuda.set_sync_debug_mode("default")
    expected = on_cpu.finish("test", image_classes=True).scores
    assert on_cuda.finish("test", image_classes=True).scores == pytest.approx(expected, nan_ok=True)


def test_the_largest_logit_is_the_prediction_and_the_first_of_equal_ones() -> None:
    counts = PixelCounts(MULTICLASS)
    logits = torch.tensor([[[[0.0, 2.0, 1.0]], [[1.0, 2.0, 0.0]], [[-1.0, 1.0, 3.0]]]])
    counts.update(logits, torch.tensor([[[1, 0, IGNORE]]], dtype=torch.uint8))
    assert counts.counts().tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 0]]


def test_a_logit_of_0_is_background() -> None:
    counts = PixelCounts(BINARY)
    logits = torch.tensor([[[[0.0, 0.1, -1.0, 2.0]]]])
    counts.update(logits, torch.tensor([[[0, 1, 1, IGNORE]]], dtype=torch.uint8))
    assert counts.counts().tolist() == [[[1, 0], [1, 1]]]


def test_channels_are_counted_apart_each_with_its_own_unlabelled_pixels() -> None:
    counts = PixelCounts(MULTILABEL)
    logits = torch.tensor([[[[1.0, -1.0]], [[1.0, 1.0]]]])
    counts.update(logits, torch.tensor([[[[1, IGNORE]], [[0, 1]]]], dtype=torch.uint8))
    assert counts.counts().tolist() == [[[0, 0], [0, 1]], [[0, 1], [0, 1]]]


@pytest.mark.parametrize("task", [BINARY, MULTICLASS, MULTILABEL], ids=lambda task: task.kind)
def test_images_of_different_sizes_add_up_and_the_memory_layout_does_not_matter(task: Task) -> None:
    counts, other_layout = PixelCounts(task), PixelCounts(task)
    for height, width in ((4, 6), (3, 5)):
        logits = torch.randn(2, task.num_outputs, height, width)
        shape = logits.shape if task.kind == "multilabel" else (2, height, width)
        truth = torch.randint(0, 2, shape, dtype=torch.uint8)
        counts.update(logits.bfloat16(), truth)
        other_layout.update(logits.bfloat16().to(memory_format=torch.channels_last), truth)
    channels = 2 if task.kind == "multilabel" else 1
    assert counts.counts().sum() == 2 * (24 + 15) * channels
    assert torch.equal(counts.counts(), other_layout.counts())
    counts.reset()
    assert counts.counts().sum() == 0


@pytest.mark.parametrize("task", [BINARY, MULTICLASS, MULTILABEL], ids=lambda task: task.kind)
@pytest.mark.parametrize("value", [3, 128, 254])
def test_a_truth_that_is_no_class_is_refused_when_the_counts_are_read(task: Task, value: int) -> None:
    counts = PixelCounts(task)
    shape = (1, 2, 1, 2) if task.kind == "multilabel" else (1, 1, 2)
    counts.update(torch.zeros(1, task.num_outputs, 1, 2), torch.tensor([value, IGNORE]).expand(shape).to(torch.uint8))
    with pytest.raises(LabelError, match=f"The truth holds {value}"):
        counts.counts()
    counts.reset()
    assert counts.counts().sum() == 0


def test_pixels_are_counted_exactly_beyond_what_float32_can_count() -> None:
    counts = PixelCounts(BINARY)
    counts.pooled[0, 1, 1] = 2**40  # a million images of a million pixels
    counts.update(torch.ones(1, 1, 1, 3), torch.ones(1, 1, 3, dtype=torch.uint8))
    counts.update(torch.full((1, 1, 1, 1), -1.0), torch.ones(1, 1, 1, dtype=torch.uint8))
    assert counts.counts().tolist() == [[[0, 0], [1, 2**40 + 3]]]


def test_counts_are_no_part_of_a_checkpoint() -> None:
    assert Evaluator(BINARY).state_dict() == {}


def test_what_was_read_stays_when_the_counts_are_reset() -> None:
    counts = PixelCounts(BINARY)
    counts.update(torch.ones(1, 1, 1, 1), torch.ones(1, 1, 1, dtype=torch.uint8))
    read = counts.counts()
    counts.reset()
    assert read.sum() == 1
