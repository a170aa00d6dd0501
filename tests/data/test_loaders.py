import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from segsweep.core.processes import num_cores
from segsweep.core.task import IGNORE
from segsweep.data.augmentation.pipeline import EvalTransform
from segsweep.data.base import Data
from segsweep.data.batches import EvalBatch, TrainBatch, image_batch
from segsweep.data.loaders import ALONE, Workers, eval_loader, resolve_num_workers, train_loader
from segsweep.data.open import open_data
from tests.compose import compose
from tests.data.making import augmentation, make_set, open_folder, resolution, save_pair, shapes_config

Bytes = list[tuple[bytes, bytes]]


def shapes(**settings: Any) -> Data:
    return open_data(shapes_config(**settings), cache_dir=Path("unused"))


def strong_loader(workers: Workers = ALONE, seed: int = 0) -> DataLoader[Any]:
    config = compose("augmentation=strong", "resolution.height=32", "resolution.width=32")
    return train_loader(
        shapes(),
        resolution=config.resolution,
        augmentation=config.augmentation,
        batch_size=4,
        seed=seed,
        workers=workers,
    )


def epochs(loader: Any, numbers: Iterable[int]) -> list[Bytes]:
    taken = []
    for epoch in numbers:
        loader.batch_sampler.set_epoch(epoch)
        taken.append([(batch.image.numpy().tobytes(), batch.truth.numpy().tobytes()) for batch in loader])
    return taken


def test_batches_depend_on_seed_and_epoch_not_on_workers_or_what_ran_before() -> None:
    alone = epochs(strong_loader(), range(3))
    assert alone[0] != alone[1] != alone[2] != alone[0]
    for num_workers in (1, 2):
        assert epochs(strong_loader(Workers(num_workers)), range(3)) == alone
    assert epochs(strong_loader(Workers(1)), [2]) == alone[2:]
    assert epochs(strong_loader(seed=1), [0]) != alone[:1]


def test_an_image_is_augmented_alike_on_every_device() -> None:
    whole = next(iter(strong_loader()))
    for rank in range(2):
        part = next(iter(strong_loader(Workers(rank=rank, world_size=2))))
        assert torch.equal(part.image, whole.image[rank::2])


def test_a_training_batch_is_uint8_in_channels_last_memory() -> None:
    batch = next(iter(strong_loader()))
    assert isinstance(batch, TrainBatch)
    assert (batch.image.shape, batch.image.dtype) == ((4, 3, 32, 32), torch.uint8)
    assert (batch.truth.shape, batch.truth.dtype) == ((4, 32, 32), torch.uint8)
    assert batch.image.is_contiguous(memory_format=torch.channels_last)


def test_multilabel_truth_has_its_classes_first() -> None:
    settings: dict[str, Any] = {"resolution": resolution(16, 24), "batch_size": 2}
    data = shapes(task="multilabel", channels=1)
    train = next(iter(train_loader(data, augmentation=augmentation(), seed=0, **settings)))
    assert (train.image.shape, train.truth.shape) == ((2, 1, 16, 24), (2, 3, 16, 24))
    evaluated = next(iter(eval_loader(data, "val", size_multiple=8, **settings)))
    assert evaluated.truth[0].shape == (3, 32, 32)


def evaluate(data: Data, split: str = "val", **settings: Any) -> list[EvalBatch]:
    batch_size, multiple = settings.pop("batch_size", 2), settings.pop("size_multiple", 4)
    height, width = settings.pop("size", (4, 4))
    return list(
        eval_loader(
            data,
            split,
            resolution=resolution(height, width, **settings),
            batch_size=batch_size,
            size_multiple=multiple,
        )
    )


def mixed_sizes(root: Path) -> Data:
    make_set(root, [[0, 1], [2, 2]])
    save_pair(root, "val", "d", [[0, 1, 2, 0, 1]] * 3)
    save_pair(root, "val", "e", [[1, 1], [0, 0]])
    return open_folder(root)


def test_truths_come_as_stored_and_images_at_the_training_size(tmp_path: Path) -> None:
    batches = evaluate(mixed_sizes(tmp_path / "set"), batch_size=3)
    assert [batch.indices.tolist() for batch in batches] == [[0, 1, 2]]
    assert batches[0].image.shape == (3, 3, 4, 4)
    assert batches[0].content_px == (4, 4)
    assert [tuple(truth.shape) for truth in batches[0].truth] == [(2, 2), (3, 5), (2, 2)]
    assert batches[0].truth[0].tolist() == [[0, 1], [2, 2]]


def test_truths_come_at_the_input_size_if_pixels_are_counted_there(tmp_path: Path) -> None:
    batch = evaluate(mixed_sizes(tmp_path / "set"), count_at="input")[0]
    assert batch.truth[0].tolist() == [[0, 0, 1, 1]] * 2 + [[2] * 4] * 2


def test_native_pads_to_the_multiple_and_keeps_sizes_apart(tmp_path: Path) -> None:
    batches = evaluate(mixed_sizes(tmp_path / "set"), eval_size="native", count_at="input", batch_size=3)
    assert [batch.indices.tolist() for batch in batches] == [[0, 2], [1]]
    assert [tuple(batch.image.shape) for batch in batches] == [(2, 3, 4, 4), (1, 3, 4, 8)]
    assert [tuple(batch.content_px) for batch in batches] == [(2, 2), (3, 5)]
    assert batches[1].truth[0].shape == (3, 5)
    gradient = np.arange(15).reshape(3, 5)
    assert np.array_equal(batches[1].image[0, 0, :3, :5].numpy(), gradient)
    assert batches[1].image[0, 0, 0].tolist() == [0, 1, 2, 3, 4, 4, 3, 2]


def test_ignored_pixels_survive_the_augmentation(tmp_path: Path) -> None:
    data = open_folder(make_set(tmp_path / "set", [[0, 1], [2, 2]]), ignore_index=2)
    loader = train_loader(data, resolution=resolution(2, 2), augmentation=augmentation(), batch_size=2, seed=0)
    assert next(iter(loader)).truth.tolist() == [[[0, 1], [IGNORE, IGNORE]]] * 2


@pytest.mark.parametrize("num_workers", [0, 1])
def test_evaluation_is_the_same_with_and_without_workers(num_workers: int) -> None:
    loader = eval_loader(
        shapes(), "test", resolution=resolution(), batch_size=2, size_multiple=32, workers=Workers(num_workers)
    )
    batches = list(loader)
    assert [batch.indices.tolist() for batch in batches] == [[0, 1], [2]]
    assert batches[1].image[0].permute(1, 2, 0).numpy().tolist() == shapes().splits["test"].load(2)[0].tolist()


@pytest.mark.parametrize("eval_size", ["same", "native", "16x24"])
def test_bare_images_become_the_inputs_that_an_evaluation_sees(eval_size: str) -> None:
    data, wanted = shapes(size=30), resolution(32, 48, eval_size=eval_size)
    evaluated = next(iter(eval_loader(data, "val", resolution=wanted, batch_size=2, size_multiple=16)))
    images = [data.splits["val"].load_image(index) for index in (0, 1)]
    bare = image_batch(images, EvalTransform.of(wanted, 16))
    assert torch.equal(bare.image, evaluated.image)
    assert bare.image.is_contiguous(memory_format=torch.channels_last)
    assert (bare.content_px, bare.stored_px) == (evaluated.content_px, [(30, 30), (30, 30)])


def test_bare_images_of_several_sizes_share_a_batch_only_where_they_come_to_one() -> None:
    images = [np.zeros((4, 4, 1), dtype=np.uint8), np.zeros((4, 6, 1), dtype=np.uint8)]
    batch = image_batch(images, EvalTransform.of(resolution(8, 8), 1))
    assert (batch.image.shape, batch.stored_px) == ((2, 1, 8, 8), [(4, 4), (4, 6)])
    with pytest.raises(ValueError, match="images of different sizes cannot share a batch"):
        image_batch(images, EvalTransform.of(resolution(eval_size="native"), 8))


@pytest.mark.parametrize("setting", [0, 3])
def test_a_number_is_taken(setting: int) -> None:
    assert resolve_num_workers(setting, on_cuda=True) == setting


def test_auto_leaves_the_cpu_to_the_training() -> None:
    assert resolve_num_workers("auto", on_cuda=False) == 0


def test_auto_shares_the_cores_between_cuda_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEGSWEEP_CORES", raising=False)
    cores = num_cores()
    assert 1 <= cores <= (os.cpu_count() or 1)
    assert resolve_num_workers("auto", on_cuda=True) == min(cores, 8)
    assert resolve_num_workers("auto", on_cuda=True, world_size=2) == min(cores // 2, 8)


def test_a_run_of_a_sweep_keeps_to_its_share_of_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGSWEEP_CORES", "3")
    assert num_cores() == 3
    assert resolve_num_workers("auto", on_cuda=True) == 3
