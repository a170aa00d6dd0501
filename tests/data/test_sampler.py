import pytest

from segsweep.core.errors import ConfigError
from segsweep.data.sampler import EpochBatchSampler, EvalBatchSampler


def indices(sampler: EpochBatchSampler) -> list[list[int]]:
    return [[index for _, index in batch] for batch in sampler]


def test_an_epoch_shows_every_image_once_but_those_that_fill_no_batch() -> None:
    batches = indices(EpochBatchSampler(10, 4, seed=0))
    assert [len(batch) for batch in batches] == [4, 4]
    assert len({index for batch in batches for index in batch}) == 8


def test_parts_of_a_batch_hold_its_images_and_the_same_ones_are_left_out() -> None:
    whole = indices(EpochBatchSampler(100, 8, seed=0))
    sampler = EpochBatchSampler(100, 8, seed=0, micro_batch_size=2)
    parts = indices(sampler)
    assert len(parts) == len(sampler) == 4 * len(whole) == 48
    assert [[index for part in parts[first : first + 4] for index in part] for first in range(0, 48, 4)] == whole
    shares = [
        indices(EpochBatchSampler(100, 8, seed=0, micro_batch_size=2, rank=rank, world_size=2)) for rank in (0, 1)
    ]
    assert [own + other for own, other in zip(*shares, strict=True)] == parts


def test_unequal_parts_of_a_batch_are_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="3 images are no equal part of a batch of 8"):
        EpochBatchSampler(100, 8, seed=0, micro_batch_size=3)


def test_a_set_smaller_than_the_batch_is_one_batch() -> None:
    sampler = EpochBatchSampler(3, 8, seed=0)
    assert len(sampler) == 1
    assert sorted(indices(sampler)[0]) == [0, 1, 2]


def test_order_depends_on_seed_and_epoch_alone() -> None:
    sampler = EpochBatchSampler(10, 4, seed=0)
    first = indices(sampler)
    assert indices(sampler) == first
    sampler.set_epoch(1)
    second = indices(sampler)
    assert second != first != indices(EpochBatchSampler(10, 4, seed=1))
    sampler.set_epoch(0)
    assert indices(sampler) == first


def test_the_epoch_travels_with_the_index() -> None:
    sampler = EpochBatchSampler(4, 4, seed=0)
    sampler.sampler.set_epoch(7)
    assert {epoch for epoch, _ in next(iter(sampler))} == {7}


def test_two_devices_share_the_batches_of_one() -> None:
    whole = indices(EpochBatchSampler(12, 6, seed=3))
    shares = [indices(EpochBatchSampler(12, 6, seed=3, rank=rank, world_size=2)) for rank in range(2)]
    assert [len(batch) for batch in shares[0] + shares[1]] == [3, 3, 3, 3]
    for number, batch in enumerate(whole):
        assert sorted(shares[0][number] + shares[1][number]) == sorted(batch)


def test_a_device_without_an_image_is_refused() -> None:
    with pytest.raises(ConfigError, match="3 devices need at least 3 images per batch, but there are 2 training"):
        EpochBatchSampler(2, 8, seed=0, world_size=3)


def test_evaluation_shows_every_image_once_over_all_devices() -> None:
    parts = [list(EvalBatchSampler([(4, 4)] * 7, 4, rank=rank, world_size=2)) for rank in range(2)]
    assert parts == [[[0, 2], [4, 6]], [[1, 3], [5]]]


def test_images_of_different_sizes_never_share_a_batch() -> None:
    sizes = [(4, 4), (2, 2), (4, 4), (4, 4), (2, 2)]
    sampler = EvalBatchSampler(sizes, 2)
    assert list(sampler) == [[1, 4], [0, 2], [3]]
    assert len(sampler) == 3
