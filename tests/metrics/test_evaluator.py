"""An evaluation: per image by hand, the same however images come, and the same from several processes."""

import math
from pathlib import Path

import pytest
import torch
from torch.distributed import FileStore  # type: ignore[attr-defined]
from torch.multiprocessing.spawn import spawn

from segsweep.core.task import IGNORE, Task
from segsweep.metrics.evaluator import Evaluation, Evaluator

BINARY = Task("binary", ("background", "cell"))
MULTICLASS = Task("multiclass", ("sky", "road", "car"))
MULTILABEL = Task("multilabel", ("bone", "nail"))
NAN = math.nan


def logits_of(pred: list[list[int]], num_classes: int) -> torch.Tensor:
    """Return logits [n c 1 w] that predict these classes."""
    return torch.nn.functional.one_hot(torch.tensor(pred), num_classes).movedim(-1, 1).unsqueeze(2).float()


def road_images() -> Evaluation:
    # Position 4: sky tp 1 fn 1, road tp 1 fp 1. Position 2: sky right; car missed, road in its place.
    evaluator = Evaluator(MULTICLASS)
    truth = torch.tensor([[[0, 0, 1, IGNORE]], [[0, 0, 2, 2]]], dtype=torch.uint8)
    evaluator.update(logits_of([[0, 1, 1, 2], [0, 0, 1, 1]], 3), truth, torch.tensor([4, 2]))
    return evaluator.finish("test", image_classes=True)


def test_scores_per_image_are_averaged_over_classes_and_then_over_images() -> None:
    scores = road_images().scores
    assert scores["test/image/miou"] == pytest.approx(((1 / 2 + 1 / 2) / 2 + (1 + 0 + 0) / 3) / 2)
    assert scores["test/image/dice"] == pytest.approx(((2 / 3 + 2 / 3) / 2 + (1 + 0 + 0) / 3) / 2)
    assert scores["test/image/accuracy"] == pytest.approx((2 / 3 + 2 / 4) / 2)
    assert scores["test/miou"] == pytest.approx((3 / 4 + 1 / 4 + 0) / 3)  # of all pixels together


def test_a_class_is_averaged_over_the_images_where_it_occurs() -> None:
    scores = road_images().scores
    assert scores["test/image/dice/sky"] == pytest.approx((2 / 3 + 1) / 2)
    assert scores["test/image/dice/road"] == pytest.approx((2 / 3 + 0) / 2)
    assert scores["test/image/dice/car"] == 0


def test_a_row_holds_name_position_scores_and_means_of_an_image_and_nothing_where_a_class_is_absent() -> None:
    second, first = road_images().images.rows(["a", "b", "c", "d", "e"], [None] * 5, MULTICLASS.class_names)
    assert (second["image"], second["index"], first["image"], first["index"]) == ("c", 2, "e", 4)
    assert list(first) == [
        "image", "index", "group", "dice/sky", "dice/road", "dice/car", "iou/sky", "iou/road", "iou/car", "dice", "iou",
        "tp/sky", "tp/road", "tp/car", "fp/sky", "fp/road", "fp/car",
        "fn/sky", "fn/road", "fn/car", "tn/sky", "tn/road", "tn/car",
    ]  # fmt: skip
    numbers = [first[name] for name in ("dice/sky", "dice/car", "iou/road", "dice", "iou")]
    assert numbers == pytest.approx([2 / 3, NAN, 1 / 2, 2 / 3, 1 / 2], nan_ok=True)
    assert second["iou"] == pytest.approx(1 / 3)
    assert [first[f"{part}/sky"] for part in ("tp", "fp", "fn", "tn")] == [1, 0, 1, 1]


def test_an_image_without_labels_counts_for_nothing() -> None:
    evaluator = Evaluator(MULTILABEL)
    labelled = torch.tensor([[[[1, 0]], [[0, 0]]]], dtype=torch.uint8)
    evaluator.update(torch.ones(1, 2, 1, 2), labelled, torch.tensor([0]))
    evaluator.update(torch.ones(1, 2, 1, 2), torch.full_like(labelled, IGNORE), torch.tensor([1]))
    scores = evaluator.finish("val", image_classes=False).scores
    assert scores["val/image/dice"] == scores["val/dice"] == pytest.approx((2 / 3 + 0) / 2)
    assert "val/image/dice/bone" not in scores


def test_a_binary_task_scores_its_foreground_alone() -> None:
    evaluator = Evaluator(BINARY)
    logits = torch.tensor([1.0, 1.0, -1.0, -1.0]).view(1, 1, 1, 4)
    evaluator.update(logits, torch.tensor([[[1, 0, 0, 0]]], dtype=torch.uint8), torch.tensor([0]))
    scores = evaluator.finish("val", image_classes=True).scores
    assert scores["val/miou"] == scores["val/iou/cell"] == scores["val/image/iou/cell"] == 1 / 2
    assert scores["val/accuracy"] == scores["val/image/accuracy"] == 3 / 4
    assert "val/iou/background" not in scores


@pytest.mark.parametrize("task", [BINARY, MULTICLASS, MULTILABEL], ids=lambda task: task.kind)
def test_the_batches_and_their_order_change_no_number_and_an_epoch_forgets_the_one_before(task: Task) -> None:
    logits, truth = random_images(task, 7)
    evaluator = Evaluator(task, boundary_tolerance_px=1)
    evaluator.update(logits, truth, torch.arange(7))
    at_once = evaluator.finish("test", image_classes=True)
    for part in torch.tensor([6, 0, 3]), torch.tensor([5]), torch.tensor([1, 2, 4]):
        evaluator.update(logits[part], truth[part], part)
    again = evaluator.finish("test", image_classes=True)
    assert again.scores == pytest.approx(at_once.scores, abs=0, rel=0, nan_ok=True)
    assert torch.equal(again.images.indices, torch.arange(7))
    assert torch.equal(again.counts, at_once.counts)


def random_images(task: Task, num: int) -> tuple[torch.Tensor, torch.Tensor]:
    random = torch.Generator().manual_seed(0)
    logits = torch.randn(num, task.num_outputs, 5, 4, generator=random)
    shape = logits.shape if task.kind == "multilabel" else (num, 5, 4)
    return logits, torch.randint(0, 2, shape, generator=random).to(torch.uint8)


def _evaluate_in_one_of_two(rank: int, folder: str) -> None:
    store = FileStore(f"{folder}/store", 2)
    torch.distributed.init_process_group("gloo", store=store, rank=rank, world_size=2)
    logits, truth = random_images(MULTICLASS, 3)
    evaluator = Evaluator(MULTICLASS, boundary_tolerance_px=1)
    own = torch.arange(rank, 3, 2)
    evaluator.update(logits[own], truth[own], own)
    found = [evaluator.finish("test", image_classes=True)]
    if rank == 0:  # a split of one image: the other process has none
        evaluator.update(logits[:1], truth[:1], own[:1])
    found.append(evaluator.finish("test", image_classes=True))
    torch.save([(part.scores, part.images.indices) for part in found], f"{folder}/{rank}.pt")
    torch.distributed.destroy_process_group()


@pytest.mark.slow
def test_two_processes_find_what_one_finds(tmp_path: Path) -> None:
    spawn(_evaluate_in_one_of_two, args=(str(tmp_path),), nprocs=2)  # type: ignore[no-untyped-call]
    logits, truth = random_images(MULTICLASS, 3)
    evaluator = Evaluator(MULTICLASS, boundary_tolerance_px=1)
    for number, num in enumerate((3, 1)):
        evaluator.update(logits[:num], truth[:num], torch.arange(num))
        expected = evaluator.finish("test", image_classes=True).scores
        for rank in (0, 1):
            scores, indices = torch.load(tmp_path / f"{rank}.pt")[number]
            assert scores == pytest.approx(expected, abs=0, rel=0, nan_ok=True)
            assert indices.tolist() == list(range(num))
