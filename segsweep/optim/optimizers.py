"""Builds the optimizer: those of torch, fused where the device has it, and any other of timm by name."""

import inspect
from collections.abc import Collection
from functools import cache
from typing import Any

import timm.optim
import torch
from torch import nn

from segsweep.core.errors import ConfigError, near_hint, nearest
from segsweep.core.registry import build, load
from segsweep.optim.spec import OPTIMIZERS, OptimizerConfig

OWN_KEYS = ("lr", "weight_decay")
ALL_OPTIMIZERS = "All: python -m segsweep.inspect optimizers"


def build_optimizer(
    model: nn.Module, optimizer: OptimizerConfig, *, device_type: str, fused: bool = True
) -> torch.optim.Optimizer:
    """Build the optimizer over the parameters that learn, in the groups of `parameter_groups`.

    Args:
        model: A network; what its attribute `encoder` holds, if it has one, learns at the encoder's rate.
        optimizer: Name, learning rates, weight decay and options, which `check_optimizer` has accepted.
        device_type: Where the parameters lie: cpu, cuda, ...
        fused: One kernel for all parameters, where there is one. A fused optimizer unscales fp16 gradients itself, so
            that they cannot be clipped: pass False for both together.
    """
    return _construct(optimizer, parameter_groups(model, optimizer), fused=fused and device_type in ("cpu", "cuda"))


def check_optimizer(optimizer: OptimizerConfig) -> None:
    """Refuse an optimizer that does not exist, or options that it does not take.

    Raises:
        ConfigError: With the nearest names, or the reason that the optimizer gives.
    """
    known = option_names(optimizer.name)
    for option in optimizer.options:
        if option in OWN_KEYS:
            raise ConfigError(
                f"optimizer.options.{option} has a key of its own. Write optimizer.{option}=VALUE instead."
            )
        if option not in known:
            hint = near_hint(nearest(option, known))
            raise ConfigError(
                f"optimizer.options.{option} is no option of {optimizer.name}.{hint} Options of {optimizer.name}: "
                f"{', '.join(known)}."
            )
    try:
        _construct(optimizer, [nn.Parameter(torch.zeros(1, 1))], fused=True)
    except Exception as reason:
        given = " ".join(f"optimizer.options.{key}={value}" for key, value in optimizer.options.items())
        raise ConfigError(f"{optimizer.name} refuses its settings ({given or 'no options'}): {reason}.") from reason


def option_names(name: str) -> list[str]:
    """Return the keywords of an optimizer that have no key of their own.

    Raises:
        ConfigError: If there is no such optimizer, or it cannot be used here.
    """
    keywords = list(inspect.signature(_optimizer_class(name)).parameters)
    return [keyword for keyword in keywords if keyword not in ("params", *OWN_KEYS)]


def optimizer_names() -> list[str]:
    """Return the names of all optimizers that can be used here: those of the table first, then timm's."""
    return [*OPTIMIZERS, *(name for name in timm.optim.list_optimizers() if _is_timms(name) and not _obstacle(name))]


def parameter_groups(model: nn.Module, optimizer: OptimizerConfig) -> list[dict[str, Any]]:
    """Sort the parameters that learn into encoder and rest, with and without weight decay; leave empty groups out.

    The encoder's learning rate is `lr * encoder_lr_scale`, where the network has an encoder; at 0 its weights stay as
    they are, while the statistics of its batch norms still follow the data.
    """
    backbone = getattr(model, "encoder", None)
    encoder = {id(parameter) for parameter in backbone.parameters()} if isinstance(backbone, nn.Module) else set()
    undecayed = undecayed_parameters(model)
    groups: dict[str, dict[str, Any]] = {}
    for part, scale in (("encoder", optimizer.encoder_lr_scale), ("rest", 1.0)):
        for kind, decay in (("decay", optimizer.weight_decay), ("no_decay", 0.0)):
            name = f"{part}_{kind}"
            groups[name] = {"params": [], "lr": optimizer.lr * scale, "weight_decay": decay, "name": name}
    for parameter in model.parameters():
        if parameter.requires_grad:
            part = "encoder" if id(parameter) in encoder else "rest"
            kind = "no_decay" if id(parameter) in undecayed else "decay"
            groups[f"{part}_{kind}"]["params"].append(parameter)
    return [group for group in groups.values() if group["params"]]


def undecayed_parameters(model: nn.Module) -> set[int]:
    """Return the ids of the parameters that weight decay would harm.

    These are biases, all vectors and scalars, everything inside a normalization layer, and what a module of timm names
    itself, such as position embeddings.
    """
    undecayed = set()
    for module in model.modules():
        is_norm = "norm" in type(module).__name__.lower()
        for name, parameter in module.named_parameters(recurse=False):
            if is_norm or parameter.ndim <= 1 or name.endswith("bias"):
                undecayed.add(id(parameter))
        named: Collection[str] = getattr(module, "no_weight_decay", list)()
        if named:
            undecayed.update(id(parameter) for name, parameter in module.named_parameters() if name in named)
    return undecayed


def _construct(optimizer: OptimizerConfig, params: list[Any], *, fused: bool) -> torch.optim.Optimizer:
    settings: dict[str, Any] = {"lr": optimizer.lr, "weight_decay": optimizer.weight_decay, **optimizer.options}
    built: torch.optim.Optimizer
    if _is_timms(optimizer.name):
        built = timm.optim.create_optimizer_v2(params, optimizer.name, **settings)
        return built
    row = OPTIMIZERS[optimizer.name]
    if fused and row.fused and not {"fused", "foreach", "differentiable"} & settings.keys():
        settings["fused"] = True
    built = build(row.build, params, **settings)
    return built


def _is_timms(name: str) -> bool:
    return name not in OPTIMIZERS


def _optimizer_class(name: str) -> type[torch.optim.Optimizer]:
    found: type[torch.optim.Optimizer]
    if not _is_timms(name):
        found = load(OPTIMIZERS[name].build)
        return found
    if name not in timm.optim.list_optimizers():
        raise ConfigError(
            f"optimizer.name={name} does not exist.{near_hint(nearest(name, optimizer_names()))} {ALL_OPTIMIZERS}"
        )
    if obstacle := _obstacle(name):
        raise ConfigError(
            f"optimizer.name={name} cannot be used here: {obstacle}. Try optimizer.name=adamw. {ALL_OPTIMIZERS}"
        )
    found = timm.optim.get_optimizer_class(name, bind_defaults=False)
    return found


@cache
def _obstacle(name: str) -> str | None:
    """Return why an optimizer of timm cannot be used here, or None."""
    if timm.optim.get_optimizer_info(name).second_order:
        return "it needs second derivatives"
    try:
        timm.optim.get_optimizer_class(name, bind_defaults=False)
    except (AssertionError, ImportError) as missing:
        return str(missing)
    return None


def describe_optimizers() -> str:
    """Return what `python -m segsweep.inspect optimizers` prints."""
    lines = ["Optimizers of torch; optimizer=NAME takes one.", ""]
    lines += [
        f"{name:14} options: {_option_texts(name)}"
        for name, row in OPTIMIZERS.items()
        if row.build.startswith("torch.")
    ]
    added = [name for name, row in OPTIMIZERS.items() if not row.build.startswith("torch.")]
    if added:
        lines += ["", "Optimizers of plugins; optimizer=NAME takes one.", ""]
        lines += [f"{name:14} options: {_option_texts(name)}" for name in added]
    lines += ["", "Optimizers of timm; optimizer=timm optimizer.name=NAME takes one.", ""]
    descriptions = dict(timm.optim.list_optimizers(with_description=True))
    lines += [f"{name:14} {descriptions[name]}" for name in optimizer_names() if name not in OPTIMIZERS]
    return "\n".join(lines)


def _option_texts(name: str) -> str:
    keywords = inspect.signature(load(OPTIMIZERS[name].build)).parameters
    return " ".join(f"{option}={keywords[option].default}" for option in option_names(name))
