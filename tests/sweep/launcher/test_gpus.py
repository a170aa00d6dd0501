"""Which GPUs a sweep may use."""

from pathlib import Path
from typing import Any

import pytest

from segsweep.core.errors import ConfigError
from segsweep.sweep.launcher.gpus import choose_gpus


@pytest.fixture
def nvidia_smi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program of that name that lists three GPUs, first in the PATH."""
    program = tmp_path / "nvidia-smi"
    program.write_text('#!/bin/sh\n[ "$*" = "--query-gpu=index --format=csv,noheader" ] && printf "0\\n1\\n2\\n"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return program


@pytest.mark.parametrize(
    ("visible", "found"),
    [("2,3", ("2", "3")), ("GPU-ab", ("GPU-ab",)), ("1,-1,2", ("1",)), ("-1", None), ("", None), ("NoDevFiles", None)],
)
def test_auto_takes_what_cuda_visible_devices_names(
    nvidia_smi: Path, monkeypatch: pytest.MonkeyPatch, visible: str, found: tuple[str, ...] | None
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert choose_gpus("auto", accelerator="auto") == found


def test_auto_asks_nvidia_smi_otherwise(nvidia_smi: Path) -> None:
    assert choose_gpus("auto", accelerator=None) == ("0", "1", "2")
    assert choose_gpus("auto", accelerator="cpu") is None
    nvidia_smi.write_text("#!/bin/sh\necho no devices were found; exit 6\n")
    assert choose_gpus("auto", accelerator="cuda") is None
    nvidia_smi.unlink()
    assert choose_gpus("auto", accelerator="cuda") is None


@pytest.mark.parametrize(
    ("setting", "found"),
    [("none", ()), (None, ()), ([0, 2], ("0", "2")), (1, ("1",)), ("0, GPU-1f", ("0", "GPU-1f")), ([], ())],
)
def test_gpus_are_named_by_index_or_uuid(setting: Any, found: tuple[str, ...]) -> None:
    assert choose_gpus(setting, accelerator="cpu") == found


@pytest.mark.parametrize("setting", ["all", [0, 0], [-1], "0,1,x", True])
def test_what_names_no_gpu_is_refused(setting: Any) -> None:
    with pytest.raises(ConfigError, match="is not possible; accepted: auto, none, or GPUs by index or UUID, each once"):
        choose_gpus(setting, accelerator="auto")
