import os

import pytest

from segsweep.core.processes import num_cores
from segsweep.data.loaders import resolve_num_workers


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
