"""Who may stop a run of a sweep before its end: the training knows no more of a sweep than this."""

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from segsweep.core.registry import load


@runtime_checkable
class Pruner(Protocol):
    """Judges a run by its metric after each validation; a sweep's trial is one."""

    @property
    def study(self) -> str:
        """Name of the study that the run belongs to."""
        ...

    @property
    def metric(self) -> str | None:
        """The metric by which runs are judged; None: the monitored one."""
        ...

    def report(self, values: Mapping[int, float]) -> bool:
        """Report the metric after some epochs, from 1; return whether the study has them."""
        ...

    def should_stop(self, epoch: int, value: float) -> bool:
        """Report the metric after a validation, and tell whether the run ends."""
        ...

    def environment(self) -> dict[str, str]:
        """Return environment variables by which `from_environment` finds it in another process."""
        ...

    @classmethod
    def from_environment(cls) -> "Pruner | None":
        """Return the pruner of the process that started this one; None where it has none."""
        ...


def class_path(pruner: Pruner) -> str:
    """Return where the class of a pruner is found, such as module:Class, for the processes of its run."""
    return f"{type(pruner).__module__}:{type(pruner).__qualname__}"


def pruner_of_parent(path: str | None) -> Pruner | None:
    """Return the pruner of the process that started this one, by the place of its class; None where it has none."""
    found: Pruner | None = load(path).from_environment() if path else None
    return found
