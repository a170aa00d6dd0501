"""Sentences about pruners."""

from segsweep.errors.base import ConfigError

PRESETS = "asha, hyperband, median, none, patient, percentile, wilcoxon"


def pruner_needs_validation(objectives: list[str]) -> ConfigError:
    """What is sought is not known while a run trains."""
    return ConfigError(
        f"A pruner compares runs by one metric of the validation, but sweep.objectives has {', '.join(objectives)}. "
        "Try hydra/sweeper/pruner=none, or one objective such as sweep.objectives=[val/miou:max]"
    )


def pruner_wrong(target: str, problem: str) -> ConfigError:
    """The pruner cannot be made."""
    return ConfigError(
        f"hydra.sweeper.pruner={target} cannot be made: {problem.splitlines()[0] if problem else 'no reason given'}. "
        f"Choose one that is ready, hydra/sweeper/pruner=NAME: {PRESETS}"
    )
