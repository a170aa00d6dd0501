"""The table of optimizers for a person."""

import inspect

import timm.optim

from segsweep.core.registry import load
from segsweep.optim.optimizers import optimizer_names, option_names
from segsweep.optim.spec import OPTIMIZERS

TORCH = "torch."


def describe_optimizers() -> str:
    """Return what `python -m segsweep.inspect optimizers` prints."""
    lines = ["Optimizers of torch; optimizer=NAME takes one.", ""]
    lines += [f"{name:14} options: {_options(name)}" for name, row in OPTIMIZERS.items() if row.build.startswith(TORCH)]
    added = [name for name, row in OPTIMIZERS.items() if not row.build.startswith(TORCH)]
    if added:
        lines += ["", "Optimizers of plugins; optimizer=NAME takes one.", ""]
        lines += [f"{name:14} options: {_options(name)}" for name in added]
    lines += ["", "Optimizers of timm; optimizer=timm optimizer.name=NAME takes one.", ""]
    descriptions = dict(timm.optim.list_optimizers(with_description=True))
    lines += [f"{name:14} {descriptions[name]}" for name in optimizer_names() if name not in OPTIMIZERS]
    return "\n".join(lines)


def _options(name: str) -> str:
    keywords = inspect.signature(load(OPTIMIZERS[name].build)).parameters
    return " ".join(f"{option}={keywords[option].default}" for option in option_names(name))
