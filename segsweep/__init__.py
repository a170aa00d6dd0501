"""segsweep: a Hydra experiment-sweep runner for semantic segmentation."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segsweep.inference.load import TrainedRun, load_run

__version__ = "0.1.0"
__all__ = ["TrainedRun", "load_run"]


def __getattr__(name: str) -> Any:
    """Import what is taken from the package itself when it is asked for: torch takes seconds."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from segsweep.inference import load

    return getattr(load, name)
