"""Sentences about single settings."""

from segsweep.errors.base import ConfigError


def out_of_range(key: str, found: int | float, accepted: str) -> ConfigError:
    """A number outside its range."""
    return ConfigError(f"{key}={found:g} is out of range: it must be {accepted}.")


def not_auto(key: str, found: str, accepted: str) -> ConfigError:
    """A word where a number or auto is wanted."""
    return ConfigError(f"{key}={found} is not a number. It may be auto, or a whole number, {accepted}. Type {key}=auto")


def not_a_choice(key: str, found: str, choices: tuple[str, ...]) -> ConfigError:
    """A word that is none of those accepted."""
    return ConfigError(f"{key}={found} does not exist. Choose one of: {', '.join(choices)}")


def no_such_fold(fold: int, num_folds: int) -> ConfigError:
    """A fold beyond the last."""
    return ConfigError(
        f"data.fold={fold} does not exist: of data.num_folds={num_folds} the first is 0, the last {num_folds - 1}."
    )
