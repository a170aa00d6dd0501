import pytest
import torch

from segsweep.training.callbacks.bar import LateNumbers


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
