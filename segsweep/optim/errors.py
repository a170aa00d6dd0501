"""Sentences about optimizers and schedules."""

from collections.abc import Iterable, Sequence

from segsweep.core.errors import ConfigError, near_hint, nearest

ALL_OPTIMIZERS = "All: python -m segsweep.inspect optimizers"


def unknown_optimizer(name: str, known: Iterable[str]) -> ConfigError:
    """Answer an optimizer that does not exist."""
    return ConfigError(f"optimizer.name={name} does not exist.{near_hint(nearest(name, known))} {ALL_OPTIMIZERS}")


def optimizer_unavailable(name: str, reason: str) -> ConfigError:
    """Answer an optimizer of timm that cannot be used here."""
    return ConfigError(
        f"optimizer.name={name} cannot be used here: {reason}. Try optimizer.name=adamw. {ALL_OPTIMIZERS}"
    )


def own_key(option: str) -> ConfigError:
    """Answer an option that has a key of its own."""
    return ConfigError(f"optimizer.options.{option} has a key of its own. Write optimizer.{option}=VALUE instead.")


def unknown_option(optimizer: str, option: str, known: Sequence[str]) -> ConfigError:
    """Answer a keyword that the optimizer does not have."""
    hint = near_hint(nearest(option, known))
    return ConfigError(
        f"optimizer.options.{option} is no option of {optimizer}.{hint} Options of {optimizer}: {', '.join(known)}."
    )


def refused_options(optimizer: str, options: dict[str, object], reason: str) -> ConfigError:
    """Answer values that the optimizer itself refuses."""
    given = " ".join(f"optimizer.options.{key}={value}" for key, value in options.items())
    return ConfigError(f"{optimizer} refuses its settings ({given or 'no options'}): {reason}.")


def warmup_too_long(warmup_epochs: float, max_epochs: int) -> ConfigError:
    """Answer a warm-up that leaves no epoch at the peak."""
    return ConfigError(
        f"scheduler.warmup_epochs={warmup_epochs:g} takes the whole run of trainer.max_epochs={max_epochs}. "
        f"Try scheduler.warmup_epochs={max_epochs / 10:g}, or more epochs."
    )


def unknown_schedule(name: str, known: Sequence[str], *, exists: bool) -> ConfigError:
    """Answer a name that is no schedule, or one that came without its own settings."""
    if exists:
        return ConfigError(f"scheduler.name={name} has other settings than these. Choose it as scheduler={name}")
    return ConfigError(
        f"scheduler.name={name} does not exist.{near_hint(nearest(name, known))} Type one of: "
        + ", ".join(f"scheduler={other}" for other in known)
    )
