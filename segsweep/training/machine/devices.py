"""Where a run computes and in which precision."""

from dataclasses import dataclass
from typing import Literal

import torch

from segsweep.models.sizes import check_shared
from segsweep.schema import HardwareConfig
from segsweep.training.errors import no_cuda, too_few_devices

LIGHTNING_PRECISION = {"32": "32-true", "bf16": "bf16-mixed", "fp16": "16-mixed"}


@dataclass(frozen=True)
class Devices:
    """The devices of a run."""

    kind: Literal["cpu", "cuda"]
    num: int

    @property
    def name(self) -> str:
        """Name of the hardware, for the record."""
        if self.kind == "cuda":
            return torch.cuda.get_device_name(0)
        return str(torch.cpu.get_capabilities().get("cpu_name", "CPU"))


def choose_devices(hardware: HardwareConfig, batch_size: int) -> Devices:
    """Choose the devices of a run.

    Raises:
        ConfigError: If they are not there, or the batch cannot be shared equally among them.
    """
    found = torch.cuda.device_count()
    if hardware.accelerator == "cuda" and found == 0:
        raise no_cuda()
    kind: Literal["cpu", "cuda"] = "cuda" if found and hardware.accelerator != "cpu" else "cpu"
    num = int(hardware.devices) if hardware.devices != "auto" else (found if kind == "cuda" else 1)
    if kind == "cuda" and num > found:
        raise too_few_devices(num, found)
    check_shared(batch_size, num)
    return Devices(kind, num)


def choose_precision(setting: str, kind: str) -> tuple[str, str]:
    """Choose the arithmetic of the forward pass.

    Args:
        setting: `trainer.precision`.
        kind: cpu or cuda.
    Returns:
        One of 32, bf16, fp16, and the reason in a few words.
    """
    if setting != "auto":
        return setting, "as asked"
    if kind == "cuda":
        if torch.cuda.is_bf16_supported(including_emulation=False):
            return "bf16", "this GPU computes bf16"
        return "fp16", "this GPU computes fp16 but not bf16"
    capabilities = torch.cpu.get_capabilities()
    if capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"):
        return "bf16", "this CPU computes bf16"
    return "32", "this CPU has no bf16 arithmetic"
