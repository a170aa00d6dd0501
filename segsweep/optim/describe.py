"""The table of optimizers for a person."""

import inspect

import timm.optim

from segsweep.optim.optimizers import TORCH, optimizer_names, option_names


def describe_optimizers() -> str:
    """Return what `python -m segsweep.inspect optimizers` prints."""
    lines = ["Optimizers of torch; optimizer=NAME takes one.", ""]
    for name in TORCH:
        lines += [f"{name:14} options: {_options(name)}"]
    lines += ["", "Optimizers of timm; optimizer=timm optimizer.name=NAME takes one.", ""]
    descriptions = dict(timm.optim.list_optimizers(with_description=True))
    lines += [f"{name:14} {descriptions[name]}" for name in optimizer_names() if name not in TORCH]
    return "\n".join(lines)


def _options(name: str) -> str:
    keywords = inspect.signature(TORCH[name]).parameters
    return " ".join(f"{option}={keywords[option].default}" for option in option_names(name))
