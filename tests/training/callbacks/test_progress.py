import pytest
import torch

from segsweep.training.callbacks.progress import LateNumbers, enough_workers


def test_numbers_of_the_cpu_are_read_at_once() -> None:
    assert LateNumbers().read(torch.tensor([1.5, 2.0])) == [1.5, 2.0]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_numbers_of_cuda_come_one_call_later_without_waiting() -> None:
    late, numbers = LateNumbers(), torch.tensor([1.5, 2.0], device="cuda")
    torch.cuda.set_sync_debug_mode("error")
    try:
        assert late.read(numbers) == []
    finally:
        torch.cuda.set_sync_debug_mode("default")
    torch.cuda.synchronize()
    numbers += 1
    assert late.read(numbers) == [1.5, 2.0]


@pytest.mark.parametrize(
    ("waited_s", "epoch_s", "num_workers", "enough"),
    [
        (0.9, 10.0, 0, None),  # less than a tenth is let be
        (2.0, 10.0, 0, 1),  # 2 s of loading beside 8 s of steps
        (16.0, 20.0, 0, 4),  # 16 s of loading, 4 s of steps
        (5.0, 10.0, 2, 4),  # two processes busy for 10 s: 20 s of loading, 5 s of steps
        (2.0, 10.0, 4, 5),  # 40 s of loading, 8 s of steps
    ],
)
def test_so_many_loader_processes_keep_up(
    waited_s: float, epoch_s: float, num_workers: int, enough: int | None
) -> None:
    assert enough_workers(waited_s, epoch_s, num_workers) == enough
